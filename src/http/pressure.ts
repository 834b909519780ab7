import { getHeapStatistics } from 'node:v8';
import underPressure from '@fastify/under-pressure';
import type { FastifyInstance } from 'fastify';
import { Problem } from '../lib/problem.ts';

/**
 * The mean over a second by which timers come late. An import of a million lines stays under 0.05 s
 * (docs/performance.md); at one second no client is served any more.
 */
const loopDelayMsMax = 1_000;
/** Of what V8 allows itself; beyond it the process is about to die by collecting garbage. */
const heapPartMax = 0.92;
const sampleMs = 1_000;
/** One bad second is a start, or a large collection; so many in a row are overload. */
const samplesInRow = 3;
const retryAfterSeconds = '10';
/** It tells that the process lives, and it does. */
const probe = /^\/healthz(?:\?|$)/;

/** Refuses new requests while the process is overloaded, so that it can finish those it has. */
export async function addPressureLimit(
  app: FastifyInstance,
  limits: { loopDelayMsMax?: number; heapUsedBytesMax?: number; sampleMs?: number } = {},
): Promise<void> {
  const everyMs = limits.sampleMs ?? sampleMs;
  let inRow = 0;
  await app.register(underPressure, {
    sampleInterval: everyMs,
    maxEventLoopDelay: limits.loopDelayMsMax ?? loopDelayMsMax,
    maxHeapUsedBytes: limits.heapUsedBytesMax ?? heapPartMax * getHeapStatistics().heap_size_limit,
    pressureHandler: async (request) => {
      if (inRow < samplesInRow || probe.test(request.url)) return;
      throw new Problem('serviceUnavailable', {
        detail: 'The server has more work than it can do now. Try again in a moment.',
        headers: { 'Retry-After': retryAfterSeconds },
      });
    },
  });
  const timer = setInterval(() => {
    inRow = app.isUnderPressure() ? inRow + 1 : 0;
  }, everyMs);
  timer.unref();
  app.addHook('onClose', async () => clearInterval(timer));
}
