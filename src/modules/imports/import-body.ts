import { createHmac } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Problem } from '../../lib/problem.ts';
import type { Principal } from '../access/index.ts';
import {
  type CommandContext,
  type CommandReply,
  type IdempotencyClaim,
  type RightWatch,
  watchedBody,
} from '../commands/index.ts';
import { type ImportFields, type ImportRequest, importRequest, readingTerms } from './import-request.ts';
import { checkTarget, type ImportDeps, type ReadList } from './import-service.ts';
import type { ReadingSession } from './reading/index.ts';

export interface ImportLimits {
  /** Decoded bytes of a list inside a JSON body, and of a streamed one. */
  readonly jsonContentBytesMax: number;
  readonly streamedBytesMax: number;
  readonly jsonLinesMax: number;
  readonly streamedLinesMax: number;
}

export interface BodyReading {
  readonly deps: ImportDeps & { limits: ImportLimits };
  readonly principal: Principal;
  readonly session: ReadingSession;
  readonly claim: IdempotencyClaim | undefined;
  /** Of the right to import, which may be taken away while the body arrives. */
  readonly watch: RightWatch;
  /** What the address and the headers say; empty for a new audience. */
  readonly target: { audienceId?: string; ifMatch?: string };
}

/** Without an idempotency key nobody looks at the digest. */
const unusedDigestKey = new Uint8Array(32);

/** Either the list, read whole, or what answers a request without one, e.g. with the stored answer to an earlier one. */
export type BodyRead = { readonly list: ReadList; readonly answer?: undefined } | BodyAnswer;

export interface BodyAnswer {
  readonly answer: (context: CommandContext) => Promise<CommandReply>;
}

/** A JSON body that has arrived whole. */
export interface JsonReceived {
  /** The text of the members besides `content`. */
  readonly fieldsJson: string;
  readonly hasContent: boolean;
  readonly answer?: undefined;
}

/**
 * Receives a JSON body: the fields may stand after the content, so the lines are looked at once it is whole.
 *
 * @returns the stored answer to an earlier request under the same idempotency key, if there is one
 */
export async function receiveJsonBody(
  { deps, session, claim, watch }: BodyReading,
  body: Readable,
): Promise<JsonReceived | BodyAnswer> {
  const received = await session.receiveJson(watchedBody(wholeBody(body), watch), {
    contentBytesMax: deps.limits.jsonContentBytesMax,
    digestKey: claim?.digestKey ?? unusedDigestKey,
  });
  const replay = await claim?.verify(received.requestDigest);
  return replay === undefined ? received : { answer: async () => replay };
}

/** Reads the list of a JSON body that was received. */
export async function readReceivedList(reading: BodyReading, request: ImportRequest): Promise<BodyRead> {
  const { deps, session } = reading;
  await checkTarget(deps, reading.principal, request);
  const terms = await readingTerms(deps, reading.principal.institutionId, request, deps.limits.jsonLinesMax);
  return { list: { request, session, summary: await session.stage(terms.options, terms.keys) } };
}

/** Reads a streamed list, whose fields are known before its first byte: lines are settled while it arrives. */
export async function readStreamedBody(
  reading: BodyReading,
  body: Readable,
  fields: ImportFields,
  options: { fieldsInBody: boolean },
): Promise<BodyRead> {
  const { deps, session, claim } = reading;
  const request = importRequest(fields, reading.target);
  await checkTarget(deps, reading.principal, request);
  const terms = await readingTerms(deps, reading.principal.institutionId, request, deps.limits.streamedLinesMax);
  const { requestDigest } = await session.receiveBytes(watchedBody(wholeBody(body), reading.watch), {
    contentBytesMax: deps.limits.streamedBytesMax,
    digestKey: claim?.digestKey ?? unusedDigestKey,
    options: terms.options,
    keys: terms.keys,
  });
  const digest = claim !== undefined && options.fieldsInBody ? withFields(claim, fields, requestDigest) : requestDigest;
  const replay = await claim?.verify(digest);
  if (replay !== undefined) return { answer: async () => replay };
  return { list: { request, session, summary: await session.stage() } };
}

/**
 * A body that breaks off (the client went away, a form without its end) is the client's fault, not ours. Not `for
 * await`: ending the iterator of an unread body cuts the connection before the refusal is answered.
 */
async function* wholeBody(body: Readable): AsyncGenerator<Uint8Array> {
  const chunks: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]();
  for (;;) {
    const next = await chunks.next().catch((error: unknown) => {
      throw cutOff(error);
    });
    if (next.done === true) return;
    yield next.value;
  }
}

/** What a broken body is answered with. */
export function cutOff(error: unknown): unknown {
  // Refusals of the framework, e.g. a file over its limit, name their status themselves.
  if (error instanceof Problem || (error instanceof Error && 'statusCode' in error)) return error;
  return new Problem('badRequest', { detail: 'The body ended before it was complete.', cause: error });
}

/** Of a form the fields belong to the request as its file does; its boundary, which differs each time, does not. */
function withFields(claim: IdempotencyClaim, fields: ImportFields, contentDigest: Buffer): Buffer {
  const names = Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHmac('sha256', claim.digestKey).update(JSON.stringify(names)).update(contentDigest).digest();
}
