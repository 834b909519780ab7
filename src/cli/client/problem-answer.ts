import { Check } from 'typebox/value';
import { safeText } from '../output/safe-text.ts';
import { problemSchema } from './api-schemas.ts';

/** An answer of the server that is a problem (RFC 9457). Its message is one line for people. */
export class ProblemAnswer extends Error {
  readonly status: number;
  /** `audienceNameTaken` of `.../errors/audienceNameTaken/v1.0.0`; undefined when the type has another form. */
  readonly problemName: string | undefined;
  readonly attributes: unknown;

  constructor(status: number, body: unknown) {
    super(problemLine(status, body));
    this.name = 'ProblemAnswer';
    this.status = status;
    const problem = Check(problemSchema, body) ? body : {};
    this.problemName = /\/errors\/([A-Za-z0-9]+)\//.exec(problem.type ?? '')?.[1];
    this.attributes = problem.attributes;
  }
}

/** `title: detail (problem id)`, with what the server did not send left out. */
export function problemLine(status: number, body: unknown): string {
  if (!Check(problemSchema, body) || body.title === undefined) return `the server answered with status ${status}`;
  const detail = body.detail === undefined ? '' : `: ${body.detail}`;
  const id = body.id === undefined ? '' : ` (problem ${body.id})`;
  return safeText(`${body.title}${detail}${id}`);
}
