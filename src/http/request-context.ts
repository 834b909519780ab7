import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import type { Principal, Right } from '../modules/access/index.ts';
import type { IdempotencyClaim } from '../modules/commands/index.ts';
import type { TlsMaterial } from './http-server.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls. Reading it on a public route is a mistake and throws. */
    readonly principal: Principal;
    /** Whether `?dryRun=true` was asked. */
    readonly dryRun: boolean;
    /** The media type to answer with: the best of the route's `produces` under the `Accept` header. */
    accepted: string;
    /** The hold on the request's `Idempotency-Key`, when it sent one. Streamed routes verify it themselves. */
    idempotency: IdempotencyClaim | undefined;
    /** The body of a JSON route as received: idempotency compares bytes, not values. */
    rawBody: Buffer | undefined;
  }
  interface FastifyInstance {
    /** Makes links absolute when set. */
    readonly publicUrl: string | undefined;
    /** Every route, completed by the defaults. */
    readonly routeTable: readonly RouteOptions[];
    /** Ends what a dead process left running; once, before the server listens. */
    readonly recover: () => Promise<void>;
    /** A round of finding the members of audiences again that follow the base; `recover` starts such rounds. */
    readonly refreshAudiences: () => Promise<void>;
    /** Takes another certificate for new connections; nothing without TLS. @throws Error when the two do not fit */
    readonly setTls: (tls: TlsMaterial) => void;
  }
  interface FastifyContextConfig {
    /** The one right that the caller must have. Exactly one of `right` and `public` stands on each route. */
    right?: Right;
    public?: true;
    /** It hands out or takes away access: people must have signed in just now (`fresh-sign-in.ts`). */
    freshSignIn?: true;
    /** The handler reads the body itself, or writes the answer as a stream: no JSON limits, long timeout. */
    streamed?: true;
    /** How long the request may take; the default is in `time-limit.ts`. */
    timeoutMs?: number;
    /** What the route can answer with, most preferred first. Default `application/json`. */
    produces?: readonly string[];
  }
}

const principals = new WeakMap<FastifyRequest, Principal>();

export function setPrincipal(request: FastifyRequest, principal: Principal): void {
  principals.set(request, principal);
}

/** Who calls, or undefined on public routes and before authentication. */
export function findPrincipal(request: FastifyRequest): Principal | undefined {
  return principals.get(request);
}

/** Declares what the plugins and routes find on a request; before any route. */
export function addRequestContext(app: FastifyInstance, options: { publicUrl: string | undefined }): void {
  app.decorate('publicUrl', options.publicUrl);
  app.decorateRequest('idempotency', undefined);
  app.decorateRequest('rawBody', undefined);
  app.decorateRequest('accepted', 'application/json');
  app.decorateRequest('principal', {
    getter(this: FastifyRequest): Principal {
      const principal = principals.get(this);
      if (principal === undefined) throw new Error('the request of a public route has no principal');
      return principal;
    },
  });
  app.decorateRequest('dryRun', {
    getter(this: FastifyRequest): boolean {
      // Before validation the query holds text, afterwards a boolean.
      const { query } = this;
      if (typeof query !== 'object' || query === null || !('dryRun' in query)) return false;
      return query.dryRun === true || query.dryRun === 'true';
    },
  });
}
