import type { IssuerClient, IssuerDirectory } from './issuer-directory.ts';
import { portalClientId } from './issuer-names.ts';

/**
 * The portal as a client: built in, because there is one before anybody has registered anything. It is public, for it
 * is this very process; PKCE and its one redirect URI protect it.
 *
 * @param base where people find us, without a slash at its end
 */
export function portalClient(base: string, scopes: readonly string[]): IssuerClient {
  return {
    id: portalClientId,
    name: 'Rollcall',
    authenticationType: 'authorizationCode',
    clientAuthentication: 'none',
    jwks: undefined,
    scopes,
    redirectUris: [`${base}/session/callback`],
    postLogoutRedirectUris: [`${base}/signed-out`],
    tokensValidAfter: new Date(0),
  };
}

/** The directory with the portal in it. No application can take its place: ids of those are made by us, at random. */
export function withPortalClient(directory: IssuerDirectory, portal: () => IssuerClient): IssuerDirectory {
  return {
    ...directory,
    findClient: async (clientId) => (clientId === portalClientId ? portal() : await directory.findClient(clientId)),
  };
}
