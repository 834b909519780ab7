import type { FastifyRequest } from 'fastify';
import type { Clock } from '../lib/clock.ts';
import { Problem } from '../lib/problem.ts';
import { lackOfSignIn, type Principal, type SignIn, type SignInLack } from '../modules/access/index.ts';

/** What is asked of the sign-in of people who call a route with `freshSignIn`. */
export interface SignInSettings {
  readonly ageSecondsMax: number;
  /** Whether a token that does not say `auth_time` is one of an old sign-in. */
  readonly requireTime: boolean;
}

/**
 * Step-up authentication (RFC 9470): people who hand out or take away access have just shown who they are. Programs
 * have no sign-in and are not asked. It looks at what was verified already, so it costs no query.
 *
 * @param caller.session the portal's, which has the time of the ID token and keeps it whatever a refresh brings
 */
export function checkFreshSignIn(
  request: FastifyRequest,
  { principal, session }: { principal: Principal; session: { readonly signedInAt: Date | undefined } | undefined },
  settings: SignInSettings & { readonly clock: Clock },
): { reason: SignInLack; problem: Problem; audit: Readonly<Record<string, string>> } | undefined {
  if (request.routeOptions.config.freshSignIn !== true || principal.kind !== 'person') return undefined;
  const signIn = signInOf(principal, session?.signedInAt);
  const lack = lackOfSignIn(signIn, { ...settings, now: settings.clock.now() });
  if (lack === undefined) return undefined;
  const problem = challenge(lack, { ...settings, signInUrl: session && signInUrl(request) });
  return { reason: lack, problem, audit: { missing: lack } };
}

function signInOf({ signIn }: Principal, at: Date | undefined): SignIn {
  const said = signIn ?? { at: undefined, amr: [] };
  return at === undefined ? said : { ...said, at: at.getTime() / 1_000 };
}

/** Where a session of the portal gets a new sign-in; the page adds `returnTo`. */
function signInUrl(request: FastifyRequest): string {
  return `${request.server.publicUrl ?? ''}/session/sign-in`;
}

function challenge(lack: SignInLack, at: { ageSecondsMax: number; signInUrl: string | undefined }): Problem {
  // To a password that was typed just now the issuer would hold on: 0 makes it ask anew, with the second factor.
  const maxAgeSeconds = lack === 'secondFactor' ? 0 : at.ageSecondsMax;
  const detail =
    lack === 'secondFactor'
      ? 'This needs a sign-in with a second factor. Sign in again.'
      : `This needs a sign-in of the last ${at.ageSecondsMax} seconds. Sign in again.`;
  return new Problem('freshSignInNeeded', {
    detail,
    attributes: { maxAgeSeconds, ...(at.signInUrl === undefined ? {} : { signIn_url: at.signInUrl }) },
    headers: {
      // RFC 9470 section 3
      'WWW-Authenticate': `Bearer realm="rollcall", error="insufficient_user_authentication", error_description="${detail}", max_age="${maxAgeSeconds}"`,
    },
  });
}
