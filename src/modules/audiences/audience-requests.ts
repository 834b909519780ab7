import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { applyPreference, parsePrefer } from '../../http/preferences.ts';
import { closed, resourceIdSchema } from '../../http/schema-parts.ts';
import { sendReply } from '../../http/send-reply.ts';
import type { CommandContext, CommandReply } from '../commands/index.ts';
import type { AudienceTarget } from './audience-service.ts';

export const tags = ['Audiences'];
export const audienceParamsSchema = closed({ customerAudienceId: resourceIdSchema });
export const dryRun204 = Type.Null({ description: 'A dry run that would succeed.' });

export function targetOf(request: Pick<FastifyRequest, 'headers'>, id: string): AudienceTarget {
  return { id, headers: { 'if-match': request.headers['if-match'] } };
}

export function contextOf(
  request: Pick<FastifyRequest, 'principal' | 'dryRun' | 'idempotency'>,
  operation: string,
): CommandContext {
  const { principal, dryRun, idempotency } = request;
  return { principal, operation, dryRun, claim: idempotency };
}

/** A dry run answers 204, or what would be when that is preferred; never an entity tag or address that does not hold. */
export function sendOutcome(
  outcome: CommandReply,
  request: Pick<FastifyRequest, 'headers' | 'dryRun'>,
  reply: FastifyReply,
): FastifyReply {
  if (!request.dryRun) return sendReply(outcome, reply);
  if (!parsePrefer(request.headers.prefer).returnRepresentation) return reply.code(204).send();
  applyPreference(reply, 'return=representation');
  return sendReply({ status: 200, body: outcome.body }, reply);
}
