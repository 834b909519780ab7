import { Problem } from '../../lib/problem.ts';
import type { ApplicationRow } from './application-store.ts';
import { checkRedirectUri } from './redirect-uri.ts';

type Parts = Pick<
  ApplicationRow,
  'authentication_type' | 'client_authentication' | 'jwks' | 'roles' | 'redirect_uris' | 'post_logout_redirect_uris'
>;

interface Rule {
  broken(application: Parts): boolean;
  readonly detail: string;
}

/** What fits together. A person's roles are the person's own: an application behind which one stands has none. */
const rules: readonly Rule[] = [
  {
    broken: (of) => of.authentication_type === 'clientCredentials' && of.client_authentication === 'none',
    detail: 'An application of clientCredentials must authenticate: clientAuthentication cannot be none.',
  },
  {
    broken: (of) =>
      of.authentication_type === 'clientCredentials' &&
      of.redirect_uris.length + of.post_logout_redirect_uris.length > 0,
    detail: 'Nobody signs in through an application of clientCredentials: it has no redirect URIs.',
  },
  {
    broken: (of) => of.authentication_type === 'authorizationCode' && of.redirect_uris.length === 0,
    detail: 'An application of authorizationCode needs a redirect URI.',
  },
  {
    broken: (of) => of.authentication_type === 'authorizationCode' && of.roles.length > 0,
    detail: 'Roles are those of the person where one signs in: an application of authorizationCode has none.',
  },
  {
    broken: (of) => of.client_authentication === 'private_key_jwt' && of.jwks === null,
    detail: 'private_key_jwt needs jwks with a public key.',
  },
  {
    broken: (of) => of.client_authentication !== 'private_key_jwt' && of.jwks !== null,
    detail: 'jwks belong to private_key_jwt only.',
  },
];

/** @throws Problem `unprocessableEntity` when the parts of an application do not fit together */
export function checkApplication(application: Parts): void {
  const rule = rules.find(({ broken }) => broken(application));
  if (rule !== undefined) throw new Problem('unprocessableEntity', { detail: rule.detail });
  for (const uri of application.redirect_uris) checkRedirectUri(uri, 'redirectUris');
  for (const uri of application.post_logout_redirect_uris) checkRedirectUri(uri, 'postLogoutRedirectUris');
}
