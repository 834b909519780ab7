export { apiAudience, issuerPath, operatorIssuer, portalClientId } from './issuer-names.ts';
export { createTokenSigner, type TokenSigner } from './token-signer.ts';
