/** The audience of every access token of ours, and the resource indicator (RFC 8707) that asks for one. */
export const apiAudience = 'urn:rollcall:api';

/** The issuer of tokens that an operator makes at the command line. */
export const operatorIssuer = 'urn:rollcall:operator';

/** Where the embedded issuer is mounted; its identifier is the base address with this behind it. */
export const issuerPath = '/oidc';

/** The built-in client of the portal. */
export const portalClientId = 'rollcall-portal';
