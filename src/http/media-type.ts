import type { FastifyInstance } from 'fastify';
import { Problem } from '../lib/problem.ts';
import { varyBy } from './preferences.ts';

const producesByDefault = ['application/json'] as const;

/** Refuses what no representation would satisfy (406) before any work; `request.accepted` is the type to answer with. */
export function addNegotiation(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    const offered = request.routeOptions.config.produces ?? producesByDefault;
    if (offered.length > 1) varyBy(reply, 'Accept');
    request.accepted = chooseMediaType(request.headers.accept, offered);
  });
}

/**
 * The offered type that the client likes best (RFC 9110 section 12.5.1); of equals the one that is offered first.
 *
 * @throws Problem `notAcceptable` when none is acceptable
 */
export function chooseMediaType(accept: string | undefined, offered: readonly string[]): string {
  const ranges = (accept ?? '*/*')
    .split(',')
    .map(parseRange)
    .filter((range) => range.name !== '');
  let best: { type: string; quality: number } | undefined;
  for (const type of offered) {
    const quality = qualityOf(type, ranges);
    if (quality > (best?.quality ?? 0)) best = { type, quality };
  }
  if (best !== undefined) return best.type;
  // An empty Accept header says nothing.
  if (ranges.length === 0 && offered[0] !== undefined) return offered[0];
  throw new Problem('notAcceptable', {
    detail: `The answer can be ${offered.join(' or ')}.`,
    attributes: { allowed: [...offered] },
  });
}

interface MediaRange {
  readonly name: string;
  readonly quality: number;
}

function parseRange(text: string): MediaRange {
  const [name = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  const value = quality === undefined ? 1 : Number(quality);
  return { name, quality: value >= 0 && value <= 1 ? value : 0 };
}

/** The quality of the most specific range that matches; 0 when none does. */
function qualityOf(type: string, ranges: readonly MediaRange[]): number {
  for (const name of [type, `${type.split('/', 1)[0]}/*`, '*/*']) {
    const range = ranges.find((candidate) => candidate.name === name);
    if (range !== undefined) return range.quality;
  }
  return 0;
}
