import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';

/** However busy a session is: after this long the person signs in again. */
export const sessionSecondsMax = 12 * 60 * 60;

/** OpenID Connect Core section 3.1.2.6. */
const error = 'login_required';
const description = 'End-User authentication is required';

/**
 * When somebody is asked to sign in, and that nobody is asked to consent: applications are registered by the
 * institution's administrators, who decide what they may do (OpenID Connect Core section 11 allows that).
 */
export function createInteractionPolicy(): interactionPolicy.DefaultPolicy {
  const { base, Check, Prompt } = interactionPolicy;
  const policy = base();
  const login = policy.get('login');
  login?.checks.add(new Check('account_ended', description, error, hasNoAccount));
  login?.checks.add(new Check('session_age', description, error, isTooOld));
  policy.remove('consent');
  // It may be asked for, as the standard wants for offline access; it is granted already.
  const consent = new Prompt({ name: 'consent', requestable: true });
  consent.checks.clear();
  policy.add(consent);
  return policy;
}

/** There is a session, but whoever signed in may not any more, or has signed out everywhere. */
function hasNoAccount({ oidc }: KoaContextWithOIDC): boolean {
  return oidc.session?.accountId !== undefined && oidc.account === undefined;
}

function isTooOld({ oidc }: KoaContextWithOIDC): boolean {
  return oidc.session?.accountId !== undefined && oidc.session.past(sessionSecondsMax);
}
