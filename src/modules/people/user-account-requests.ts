import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { applyPreference, parsePrefer } from '../../http/preferences.ts';
import { closed, resourceIdSchema } from '../../http/schema-parts.ts';
import { sendReply } from '../../http/send-reply.ts';
import type { CommandContext, CommandReply } from '../commands/index.ts';
import type { UserAccountTarget } from './user-account-change.ts';

export const tags = ['People'];
export const userAccountParamsSchema = closed({ userAccountId: resourceIdSchema });
export const dryRun204 = Type.Null({ description: 'A dry run that would succeed.' });

export function targetOf(request: Pick<FastifyRequest, 'headers'>, id: string): UserAccountTarget {
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
