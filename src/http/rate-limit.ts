import { isIP } from 'node:net';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../lib/problem.ts';
import type { Principal } from '../modules/access/index.ts';

const windowMs = 60_000;
/**
 * Guessing is what happens at the doors, and nobody signs in ten times a second. Behind one address there may be an
 * office, and machines that fetch tokens.
 */
const doorsMax = 600;
const doors = /^\/(?:oidc|sign-in)(?:[/?;]|$)/i;
/** A probe that is told to wait would take the server out of service. */
const probes = /^\/(?:healthz|readyz)(?:\?|$)/;
/** Counters kept, about 100 bytes each; beyond them the least recently seen are forgotten. */
const addressesMax = 20_000;
const callersMax = 20_000;
/** What the process sends to itself (`app.inject`) comes from here; nobody else can. */
export const inProcessAddress = '0.0.0.0';

type Count = Awaited<ReturnType<ReturnType<FastifyInstance['createRateLimit']>>>;

/**
 * Bounds the requests from one address (IPv6: from one /64 network) in a minute, before anything is looked at; the doors
 * `/oidc` and `/sign-in` have a bound of their own. Counted in this process: n processes allow n times as many.
 */
export async function addAddressLimit(app: FastifyInstance, options: { perAddressMax: number }): Promise<void> {
  await app.register(rateLimit, { global: false, enableDraftSpec: true });
  const shared = { timeWindow: windowMs, cache: addressesMax, ipv6Subnet: 64 };
  const countAll = app.createRateLimit({ ...shared, max: options.perAddressMax });
  const countDoors = app.createRateLimit({ ...shared, max: Math.min(doorsMax, options.perAddressMax) });
  app.addHook('onRequest', async (request, reply) => {
    if (probes.test(request.url) || request.raw.socket.remoteAddress === inProcessAddress) return;
    requireAddress(request);
    hold(reply, await countAll(request), 'address');
    if (doors.test(request.url)) hold(reply, await countDoors(request), 'address');
  });
}

/** Who sent a request, known by a good signature. */
export interface Caller {
  readonly principal: Pick<Principal, 'id' | 'kind' | 'applicationId'>;
  /** Not let in all the same: a token that was ended, another's API key, a foreign institution. */
  readonly refused: boolean;
}

/** Counts a request of a caller. @throws Problem `tooManyRequests` over the bound */
export type CallerLimit = (request: FastifyRequest, reply: FastifyReply, caller: Caller) => Promise<void>;

/**
 * Bounds the requests of one application in a minute, of people each for themselves. Whoever asks counts them as soon
 * as the caller is known, before any right is looked at: each denial costs an entry of the audit trail. Those that are
 * refused count apart, so that the thief of a token that has ended takes nothing from whom it was stolen.
 */
export function createCallerLimit(app: FastifyInstance, options: { perApplicationMax: number }): CallerLimit {
  const keys = new WeakMap<FastifyRequest, string>();
  const shared = { timeWindow: windowMs, cache: callersMax };
  const keyGenerator = (request: FastifyRequest) => keys.get(request) ?? '';
  const count = app.createRateLimit({ ...shared, max: options.perApplicationMax, keyGenerator });
  return async (request, reply, caller) => {
    keys.set(request, keyOf(caller));
    hold(reply, await count(request), 'application');
  };
}

function keyOf({ principal, refused }: Caller): string {
  const person = principal.kind === 'person' ? principal.id : '';
  return JSON.stringify([principal.applicationId, person, refused]);
}

/** Behind a proxy the address is text of a header: what is none would be counted, and kept in the audit trail. */
function requireAddress(request: FastifyRequest): void {
  if (isIP(request.ip) === 0) throw new Problem('badRequest', { detail: 'X-Forwarded-For names no address.' });
}

/** Says how much is left (draft-ietf-httpapi-ratelimit-headers-06). @throws Problem `tooManyRequests` */
function hold(reply: FastifyReply, count: Count, whose: 'address' | 'application'): void {
  if (count.isAllowed) return;
  reply.headers({
    'ratelimit-limit': String(count.max),
    'ratelimit-remaining': String(count.remaining),
    'ratelimit-reset': String(count.ttlInSeconds),
  });
  if (!count.isExceeded) return;
  throw new Problem('tooManyRequests', {
    detail: `More than ${count.max} requests in a minute came from this ${whose}.`,
    headers: { 'Retry-After': String(Math.max(1, count.ttlInSeconds)) },
  });
}
