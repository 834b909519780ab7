/** An application as the issuer needs it. */
export interface IssuerClient {
  readonly id: string;
  readonly name: string;
  readonly authenticationType: 'clientCredentials' | 'authorizationCode';
  readonly clientAuthentication: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'none';
  /** RFC 7517; of `private_key_jwt`. */
  readonly jwks: { readonly keys: readonly object[] } | undefined;
  /** What it may ask for at most. */
  readonly scopes: readonly string[];
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  /** What was given out before is refused. */
  readonly tokensValidAfter: Date;
}

/** Somebody who signs in, as the issuer needs them. */
export interface IssuerPerson {
  readonly id: string;
  readonly name: string;
  /** Sign-ins from before are refused. */
  readonly tokensValidAfter: Date;
}

/** Whom the issuer knows, as they are now: what is disabled is not there. Never asked inside a transaction. */
export interface IssuerDirectory {
  findClient(clientId: string): Promise<IssuerClient | undefined>;
  /** In constant time, and without telling which of several secrets it was. */
  verifySecret(clientId: string, presented: string): Promise<boolean>;
  findPerson(personId: string): Promise<IssuerPerson | undefined>;
}
