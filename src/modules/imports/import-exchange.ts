import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendOutcome } from '../../http/command-request.ts';
import { applyPreference, parsePrefer } from '../../http/preferences.ts';
import { sendReply } from '../../http/send-reply.ts';
import { type CommandContext, type CommandReply, watchRight } from '../commands/index.ts';
import type { BodyRead, BodyReading, ImportLimits } from './import-body.ts';
import { acceptImport, type ImportDeps, recordingDenial, runImport } from './import-service.ts';
import type { ListReader } from './reading/index.ts';

export interface ImportRouteDeps extends ImportDeps {
  readonly listReader: ListReader;
  readonly limits: ImportLimits;
}

/** What either way of sending a list may be refused for. */
export const listRefusals = [
  'badRequest',
  'invalidBase64',
  'payloadTooLarge',
  'unsupportedMediaType',
  'unreadableList',
  'noCustomersMatched',
  'invalidRows',
  'idempotencyKeyReused',
  'importBudgetExceeded',
] as const;

/** A request that brings a list, and how its body is read. */
export interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly read: (reading: BodyReading) => Promise<BodyRead>;
  readonly target: BodyReading['target'];
}

/** Reads the list of a request, runs the import or leaves it to a job, and answers. */
export async function carryOut(deps: ImportRouteDeps, exchange: Exchange): Promise<FastifyReply> {
  const { request, reply } = exchange;
  const { principal, idempotency: claim } = request;
  const operation = request.routeOptions.schema?.operationId ?? '';
  const context: CommandContext = { principal, operation, dryRun: request.dryRun, claim };
  await using session = await deps.listReader.open();
  const watch = watchRight(deps, principal, 'importLists');
  const read = await recordingDenial(deps, context, exchange.target.audienceId, async () => {
    const done = await exchange.read({ deps, principal, session, claim, watch, target: exchange.target });
    // Once more before anything of it is kept, also for a body of one chunk.
    await watch.checkNow();
    return done;
  });
  if (read.answer !== undefined) return sendOutcome(await read.answer(context), request, reply);
  const prefer = parsePrefer(request.headers.prefer);
  if (prefer.respondAsync && !request.dryRun) {
    applyPreference(reply, 'respond-async');
    return await sendReply(await acceptImport(deps, context, read.list), reply);
  }
  const outcome = await runImport(deps, context, read.list);
  if (!request.dryRun) return await sendReply(outcome, reply);
  return await sendReply(previewOf(outcome, prefer.returnRepresentation, reply), reply);
}

/** A dry run answers 204, or what it would have made when the caller prefers that. */
function previewOf(outcome: CommandReply, representation: boolean, reply: FastifyReply): CommandReply {
  if (!representation) return { status: 204 };
  applyPreference(reply, 'return=representation');
  return outcome;
}
