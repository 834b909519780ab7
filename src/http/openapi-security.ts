import { type Right, ruleOf, type Scope } from '../modules/access/index.ts';

export interface OpenApiIssuer {
  /** Makes addresses absolute when set. */
  readonly publicUrl: string | undefined;
  /** The issuer that stands in for the embedded one. */
  readonly externalIssuerUrl: string | undefined;
}

const scopeTexts: Record<Scope, string> = {
  'bankingAdmin/read': 'Read audiences, imports, settings, access and the audit trail.',
  'bankingAdmin/write': 'Import lists, change audiences, manage access.',
  'identity/read': 'See unmasked values, tax ids and account numbers.',
  'customers/read': 'Browse the customer base.',
  'customers/write': 'Load the customer base, and erase.',
};

const apiKeyText = 'Names the application. Required of applications that have a key, beside their token.';

/** How a caller proves who it is: RFC 6749 and OpenID Connect at the issuer, and the key of an application. */
export function securitySchemes({ publicUrl = '', externalIssuerUrl }: OpenApiIssuer) {
  const issuer = externalIssuerUrl?.replace(/\/+$/, '') ?? `${publicUrl}/oidc`;
  const tokenUrl = `${issuer}/token`;
  return {
    openId: {
      type: 'openIdConnect' as const,
      openIdConnectUrl: `${issuer}/.well-known/openid-configuration`,
      description: 'The metadata of the issuer.',
    },
    apiKey: { type: 'apiKey' as const, in: 'header' as const, name: 'API-Key', description: apiKeyText },
    // Only of the embedded issuer is it known where these are.
    ...(externalIssuerUrl === undefined
      ? {
          oauth: {
            type: 'oauth2' as const,
            description: 'A program uses its own credentials; a person signs in, with PKCE (S256).',
            flows: {
              clientCredentials: { tokenUrl, scopes: scopeTexts },
              authorizationCode: {
                authorizationUrl: `${issuer}/auth`,
                tokenUrl,
                refreshUrl: tokenUrl,
                scopes: scopeTexts,
              },
            },
          },
        }
      : {}),
  };
}

/** The alternatives of an operation: a token with its scope, and the key where the application has one. */
export function securityOf(right: Right, { externalIssuerUrl }: OpenApiIssuer): Record<string, string[]>[] {
  const { scope } = ruleOf(right);
  const name = externalIssuerUrl === undefined ? 'oauth' : 'openId';
  const alternatives: Record<string, string[]>[] = [{ [name]: [scope] }, { [name]: [scope], apiKey: [] }];
  return name === 'oauth' ? [...alternatives, { openId: [scope] }] : alternatives;
}

/** What the reference says under an operation with `freshSignIn`. */
export const freshSignInText =
  'A person must have signed in a short time ago (15 minutes unless set otherwise): otherwise 401 `freshSignInNeeded`, with `max_age` for a new sign-in (RFC 9470). Programs are not asked.';

/** What the reference says under an operation. */
export function rightText(right: Right): string {
  const { scope, roles } = ruleOf(right);
  const named = roles.map((role) => `\`${role}\``);
  const who = named.length === 1 ? `the role ${named[0]}` : `one of the roles ${named.join(', ')}`;
  return `Needs the scope \`${scope}\` and ${who}.`;
}
