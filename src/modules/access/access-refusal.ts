import { Problem, type ProblemOptions } from '../../lib/problem.ts';
import type { TokenRefusal } from './access-token.ts';
import type { CallerRefusal } from './caller.ts';
import type { Principal } from './principal.ts';

/** Why a request was not let in; a closed list, so that it can label a metric. */
export type RefusalReason =
  | TokenRefusal
  | CallerRefusal
  | 'noCredentials'
  | 'apiKeyAbsent'
  | 'apiKeyUnexpected'
  | 'apiKeyDisabled'
  | 'apiKeyOfAnother'
  | 'institutionAbsent'
  | 'institutionForeign'
  | 'noInstitution';

/** A request that was not let in. The reason is for log, metric and audit trail; the answer says less. */
export class AccessRefused extends Problem {
  readonly reason: RefusalReason;
  /** Who it was, where a good signature says so: then the refusal belongs into the audit trail. */
  readonly principal: Principal | undefined;

  constructor(refusal: {
    problem: 'unauthorized' | 'forbidden' | 'badRequest';
    reason: RefusalReason;
    options: ProblemOptions;
    principal?: Principal | undefined;
  }) {
    super(refusal.problem, refusal.options);
    this.reason = refusal.reason;
    this.principal = refusal.principal;
  }
}

/** RFC 6750 section 3.1: no error code when the request carried no credentials. */
export function noCredentials(): AccessRefused {
  return new AccessRefused({
    problem: 'unauthorized',
    reason: 'noCredentials',
    options: {
      detail: 'Send an access token: "Authorization: Bearer ...".',
      headers: { 'WWW-Authenticate': 'Bearer realm="rollcall"' },
    },
  });
}

/** Words of ours only, without quotes: they stand in a header. Nothing about keys, signatures and who exists. */
const expiredText = 'The access token has expired.';
const invalidText = 'The access token is not valid.';
const apiKeyAbsentText = 'This application must send its API key.';
const apiKeyWrongText = 'The API key and the access token are not of one application.';

export function tokenRefused(reason: TokenRefusal | CallerRefusal, principal?: Principal): AccessRefused {
  return unauthorized(reason, { text: reason === 'expired' ? expiredText : invalidText, principal });
}

export function apiKeyRefused(
  reason: 'apiKeyAbsent' | 'apiKeyUnexpected' | 'apiKeyDisabled' | 'apiKeyOfAnother',
  principal: Principal | undefined,
): AccessRefused {
  return unauthorized(reason, { text: reason === 'apiKeyAbsent' ? apiKeyAbsentText : apiKeyWrongText, principal });
}

export function institutionRefused(
  reason: 'institutionForeign' | 'noInstitution',
  principal: Principal | undefined,
): AccessRefused {
  const detail =
    reason === 'noInstitution'
      ? 'The access token is for no institution.'
      : 'The access token is not for the institution that Institution-Id names.';
  return new AccessRefused({ problem: 'forbidden', reason, options: { detail }, principal });
}

export function institutionAbsent(): AccessRefused {
  return new AccessRefused({
    problem: 'badRequest',
    reason: 'institutionAbsent',
    options: { detail: 'The access token is for several institutions: say which one in Institution-Id.' },
  });
}

function unauthorized(
  reason: RefusalReason,
  { text, principal }: { text: string; principal: Principal | undefined },
): AccessRefused {
  const challenge = `Bearer realm="rollcall", error="invalid_token", error_description="${text}"`;
  return new AccessRefused({
    problem: 'unauthorized',
    reason,
    options: { detail: text, headers: { 'WWW-Authenticate': challenge } },
    principal,
  });
}
