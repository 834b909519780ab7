import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { CommandContext, CommandReply } from '../modules/commands/index.ts';
import type { ConditionalRequest } from './entity-tag.ts';
import { applyPreference, parsePrefer } from './preferences.ts';
import { sendReply } from './send-reply.ts';

/** Among the responses of every operation with `?dryRun=true`. */
export const dryRun204 = Type.Null({ description: 'A dry run that would succeed.' });

/** What a request wants to change, and the state that it has seen. */
export function targetOf(request: Pick<FastifyRequest, 'headers'>, id: string): ConditionalRequest & { id: string } {
  return { id, headers: { 'if-match': request.headers['if-match'] } };
}

export function contextOf(
  request: Pick<FastifyRequest, 'principal' | 'dryRun' | 'idempotency'>,
  operation: string,
): CommandContext {
  const { principal, dryRun, idempotency } = request;
  return { principal, operation, dryRun, claim: idempotency };
}

/** A dry run answers 204, or what would be when that is preferred; never an address or entity tag that does not hold. */
export function sendOutcome(
  outcome: CommandReply,
  request: Pick<FastifyRequest, 'headers' | 'dryRun'>,
  reply: FastifyReply,
): FastifyReply {
  if (!request.dryRun) return sendReply(outcome, reply);
  const isPreferred = parsePrefer(request.headers.prefer).returnRepresentation;
  if (!isPreferred || outcome.body === undefined) return reply.code(204).send();
  applyPreference(reply, 'return=representation');
  return sendReply({ status: 200, body: outcome.body }, reply);
}
