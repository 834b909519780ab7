import { randomId } from './id.ts';

/**
 * Every problem that an answer can name: HTTP status and title (RFC 9457). The page of each lies in `docs/problems/`
 * and is served at its type address. Services throw names; only this table knows the status.
 */
export const problemTypes = {
  badRequest: { status: 400, title: 'The request is malformed' },
  invalidBase64: { status: 400, title: 'The content is not valid base64' },
  unauthorized: { status: 401, title: 'The request is not authenticated' },
  freshSignInNeeded: { status: 401, title: 'The operation needs a new sign-in' },
  forbidden: { status: 403, title: 'The request is not allowed' },
  notFound: { status: 404, title: 'There is no such resource' },
  methodNotAllowed: { status: 405, title: 'The resource does not support this method' },
  notAcceptable: { status: 406, title: 'The resource has no representation of the accepted type' },
  requestTimeout: { status: 408, title: 'The request did not arrive in time' },
  conflict: { status: 409, title: 'The request conflicts with the state of the resource' },
  approvalPending: { status: 409, title: 'The audience waits for an approval' },
  audienceInUse: { status: 409, title: 'The audience is in use' },
  audienceNameTaken: { status: 409, title: 'Another active audience has this name' },
  customerLoadInProgress: { status: 409, title: 'Another load is running' },
  preconditionFailed: { status: 412, title: 'The resource has changed since it was read' },
  payloadTooLarge: { status: 413, title: 'The request is larger than the limit' },
  unsupportedMediaType: { status: 415, title: 'The content type is not supported' },
  unprocessableEntity: { status: 422, title: 'The request cannot be carried out' },
  audienceNotEditable: { status: 422, title: 'The members of this audience cannot be edited' },
  idempotencyKeyReused: { status: 422, title: 'The idempotency key belongs to another request' },
  invalidFilters: { status: 422, title: 'The filters cannot be evaluated' },
  justificationNeeded: { status: 422, title: 'The audience needs a justification' },
  invalidRows: { status: 422, title: 'The list has invalid rows' },
  noCustomersMatched: { status: 422, title: 'No customer matched the list' },
  templateExcluded: { status: 422, title: 'The institution has excluded this template' },
  tooManyRemovals: { status: 422, title: 'The load would remove too much' },
  unreadableList: { status: 422, title: 'The content is not a text list' },
  preconditionRequired: { status: 428, title: 'The request needs an If-Match header' },
  importBudgetExceeded: { status: 429, title: 'The budget of values is used up for today' },
  tooManyRequests: { status: 429, title: 'Too many requests' },
  requestHeaderFieldsTooLarge: { status: 431, title: 'The header is larger than the limit' },
  internalServerError: { status: 500, title: 'Something went wrong on the server' },
  serviceUnavailable: { status: 503, title: 'The service cannot answer now' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemName = keyof typeof problemTypes;

export interface ProblemOptions {
  /** Public text, at most 256 characters. Never an identifier value, SQL, a path of the machine or a stack. */
  readonly detail?: string;
  /** Public data by problem type, e.g. `{ recordNumbers: [17], more: false }`. */
  readonly attributes?: Readonly<Record<string, unknown>>;
  /** Nested causes. */
  readonly problems?: readonly Problem[];
  /** Response headers, e.g. `{ 'Retry-After': '5' }`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Private: goes to the log (reduced to what holds no value), never to the answer. */
  readonly cause?: unknown;
}

/** The one error that services throw on purpose. The HTTP layer turns it into `application/problem+json`. */
export class Problem extends Error {
  readonly type: ProblemName;
  readonly id: string;
  readonly detail: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>> | undefined;
  readonly problems: readonly Problem[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(type: ProblemName, options: ProblemOptions = {}) {
    super(options.detail ?? problemTypes[type].title, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'Problem';
    this.type = type;
    this.id = randomId();
    this.detail = options.detail;
    this.attributes = options.attributes;
    this.problems = options.problems ?? [];
    this.headers = options.headers ?? {};
  }

  get status(): number {
    return problemTypes[this.type].status;
  }

  get title(): string {
    return problemTypes[this.type].title;
  }
}
