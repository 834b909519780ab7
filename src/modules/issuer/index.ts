export { createDirectory } from './create-directory.ts';
export { deleteEndedOidcRecords } from './ended-records.ts';
export type { IssuerClient, IssuerDirectory, IssuerPerson } from './issuer-directory.ts';
export { apiAudience, issuerPath, operatorIssuer, portalClientId } from './issuer-names.ts';
export { createIssuer, type Issuer, type IssuerDeps } from './issuer-service.ts';
export type { IssuerSignIn, IssuerSignIns } from './issuer-sign-ins.ts';
export type { InstallationSecrets } from './secret-cache.ts';
export { createSigningKeys, type SigningKeys } from './signing-keys.ts';
export { createTokenSigner, type TokenSigner } from './token-signer.ts';
