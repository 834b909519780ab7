import type { FastifyInstance } from 'fastify';
import type { CustomFetch } from 'openid-client';
import { inProcessAddress } from '../../http/rate-limit.ts';

const withoutBody: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * The portal's calls to the embedded issuer, which is this very process: they take no network, no proxy and no
 * certificate, and work before the server listens.
 *
 * @param options.baseUrl what stands before every path of ours; another address is a mistake and throws
 */
export function createInProcessFetch(
  app: Pick<FastifyInstance, 'inject'>,
  options: { baseUrl: () => string },
): CustomFetch {
  return async (address, { method, headers, body }) => {
    const base = options.baseUrl();
    if (!address.startsWith(`${base}/`)) throw new TypeError('the embedded issuer has no such address');
    const answer = await app.inject({
      method: method === 'POST' ? 'POST' : 'GET',
      url: address.slice(base.length),
      headers,
      // All sessions refresh from here: no limit for one address may hold them up together.
      remoteAddress: inProcessAddress,
      ...(body === null || body === undefined ? {} : { payload: await new Response(body).text() }),
    });
    const answered = new Headers();
    for (const [name, value] of Object.entries(answer.headers)) {
      for (const one of [value ?? []].flat()) answered.append(name, String(one));
    }
    return new Response(withoutBody.has(answer.statusCode) ? null : new Uint8Array(answer.rawPayload), {
      status: answer.statusCode,
      headers: answered,
    });
  };
}
