import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { Type } from 'typebox';
import type { Database } from '../../db/transaction.ts';
import { closed } from '../../http/schema-parts.ts';
import type { Clock } from '../../lib/clock.ts';
import {
  enterStep,
  type PageVisit,
  type SignInDeps,
  type StepVisit,
  secretForPage,
  secretOfForm,
  visitOf,
} from './sign-in-desk.ts';
import type { SignInStep } from './sign-in-progress.ts';

export interface SignInRouteDeps extends Omit<SignInDeps, 'progresses'> {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
}

export const pageConfig = { public: true, produces: ['text/html'] } as const;
export const csrfProperty = { csrf: Type.String({ maxLength: 64 }) };
/** A code of an authenticator or a recovery code, with the spaces and hyphens that people type. */
export const codeSchema = Type.String({ maxLength: 64 });
/** Of the issuer's making, or the word for none. */
export const uidParams = closed({ uid: Type.String({ maxLength: 64, pattern: '^[A-Za-z0-9_-]+$' }) });

/** Pages are no part of the API: its description leaves them out. */
export function pageSchema<Parts extends object>(operationId: string, parts: Parts) {
  return { hide: true, operationId, response: { 200: Type.String() }, ...parts };
}

export interface StepEntrance {
  visitBy(request: FastifyRequest, reply: FastifyReply): PageVisit;
  /** @throws VisitRefused when the browser is not at this step, or its form is not ours */
  enter(
    at: { uid: string; step: SignInStep; form?: { csrf: string } },
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<StepVisit>;
}

export function stepEntrance(deps: SignInDeps): StepEntrance {
  const { publicUrl } = deps;
  return {
    visitBy: (request, reply) => visitOf(request, reply, publicUrl),
    async enter({ uid, step, form }, request, reply) {
      const visit = visitOf(request, reply, publicUrl);
      const secret = form === undefined ? secretForPage(visit) : secretOfForm(visit, form, publicUrl);
      return await enterStep(deps, visit, { uid, step, secret });
    },
  };
}
