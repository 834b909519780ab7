import type { FastifyReply } from 'fastify';

/** The outcome of a command, as stored for idempotent replays (`CommandReply` fits it). */
export interface SendableReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** JSON; absent = no body. */
  readonly body?: unknown;
  /** True when this is the stored answer to an earlier request with the same `Idempotency-Key`. */
  readonly replayed?: boolean | undefined;
}

/** Sends the outcome of a command; a replay is marked by `Idempotency-Replayed: true`. */
export function sendReply(outcome: SendableReply, reply: FastifyReply): FastifyReply {
  reply.code(outcome.status).headers({ ...outcome.headers });
  if (outcome.replayed === true) reply.header('idempotency-replayed', 'true');
  return outcome.body === undefined ? reply.send() : reply.send(outcome.body);
}
