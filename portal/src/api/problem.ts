/** A problem as the API answers it (RFC 9457), or what stands for one where no answer came. */
export interface ApiProblem {
  readonly id?: string;
  /** The last part of its type: `audienceNameTaken`. `offline` when nothing was reached. */
  readonly name: string;
  readonly status: number;
  readonly title: string;
  readonly detail?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Where one answer has several faults: each of them. */
  readonly problems?: readonly ApiProblem[];
}

/** What a call throws that got no success. */
export class ProblemError extends Error {
  readonly problem: ApiProblem;
  constructor(problem: ApiProblem) {
    super(problem.detail ?? problem.title);
    this.name = 'ProblemError';
    this.problem = problem;
  }
}

/** The name of a refusal because of a stale entity tag. */
const changedMeanwhile = 'preconditionFailed';

/** The server's own words for it speak of headers: to a program, not to a person. */
const forPeople = {
  title: 'It was changed meanwhile',
  detail:
    'Somebody else, or you in another window, changed it after it was shown here. Nothing of yours was saved. Look at it as it is now, then decide anew.',
};

/** @param body as it was parsed; anything may have come, from a proxy for instance */
export function problemOf(status: number, body: unknown): ApiProblem {
  const fields = recordOf(body);
  const text = (name: string) => (typeof fields[name] === 'string' ? fields[name] : undefined);
  const id = text('id');
  const name = /\/errors\/([A-Za-z0-9]+)\//.exec(text('type') ?? '')?.[1] ?? 'unknown';
  const { title, detail } = name === changedMeanwhile ? forPeople : { title: text('title'), detail: text('detail') };
  return {
    ...(id === undefined ? {} : { id }),
    name,
    status,
    title: title ?? `The server answered ${status}`,
    ...(detail === undefined ? {} : { detail }),
    attributes: recordOf(fields.attributes),
    ...(Array.isArray(fields.problems) ? { problems: fields.problems.map((cause) => problemOf(status, cause)) } : {}),
  };
}

/** Whether a change was refused because somebody else had made one before it. */
export function isConflict(error: unknown): boolean {
  return problemOfError(error).name === changedMeanwhile;
}

/** A change of which no answer came: it may have been made. */
export const offline: ApiProblem = {
  name: 'offline',
  status: 0,
  title: 'The connection was lost',
  detail: 'Whether this was still done is not known. Look what is there now before you try again.',
  attributes: {},
};

export const unread: ApiProblem = {
  ...offline,
  title: 'The server cannot be reached',
  detail: 'Look at your connection, then try again.',
};

/** Known to be without a way to the server, a change is not even sent. */
export const unsent: ApiProblem = {
  ...unread,
  name: 'unsent',
  detail: 'Nothing was sent. Try again when the connection is back.',
};

export function problemOfError(error: unknown): ApiProblem {
  if (error instanceof ProblemError) return error.problem;
  return { name: 'unexpected', status: 0, title: 'Something went wrong on this page', attributes: {} };
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
