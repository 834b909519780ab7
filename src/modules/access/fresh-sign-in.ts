import { clockToleranceSeconds, type SignIn } from './access-token.ts';

/** What a sign-in lacks for an operation that hands out or takes away access. */
export type SignInLack = 'freshSignIn' | 'secondFactor';

export interface SignInRule {
  readonly ageSecondsMax: number;
  /** Whether a sign-in of which nobody says when it was is too old. */
  readonly requireTime: boolean;
  readonly now: Date;
}

/**
 * Whether somebody has shown recently enough, and by more than a password, who they are. The times are the issuer's:
 * its clock may differ from ours, and without the tolerance whoever is sent to it with `max_age` could come back with
 * the same sign-in, which it takes for young enough and we do not.
 */
export function lackOfSignIn({ at, amr }: SignIn, rule: SignInRule): SignInLack | undefined {
  if (at === undefined ? rule.requireTime : !isRecent(at, rule)) return 'freshSignIn';
  // Who may do this has a role that a password alone must not open (`isOpenToPassword`). Nothing said = the issuer's
  // own rule is believed.
  return amr.length > 0 && amr.every((method) => method === 'pwd') ? 'secondFactor' : undefined;
}

/** A time to come is none: it would be recent for good. */
function isRecent(at: number, { ageSecondsMax, now }: SignInRule): boolean {
  const age = now.getTime() / 1_000 - at;
  return age <= ageSecondsMax + clockToleranceSeconds && age >= -clockToleranceSeconds;
}
