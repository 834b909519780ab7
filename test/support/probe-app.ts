import { pino } from 'pino';
import { Type } from 'typebox';
import { absentDependencies } from '../../scripts/absent-dependencies.ts';
import { type App, type AppDependencies, buildApp } from '../../src/app.ts';
import { pageQuery } from '../../src/http/paging.ts';
import { closed, dryRunQuery, resourceIdSchema } from '../../src/http/schema-parts.ts';
import { Problem } from '../../src/lib/problem.ts';
import {
  AccessRefused,
  type AccessVerifier,
  type Role,
  roles,
  type Scope,
  scopes,
} from '../../src/modules/access/index.ts';

const institutionId = 'DEMOBANK';
const who = { id: 'p1', kind: 'application', name: 'probe', applicationId: 'p1', institutionId } as const;

/** Tokens of the probe application: `Bearer all`, one of the scopes, or `Bearer ended`. */
const access: AccessVerifier = {
  async authenticate({ authorization, address }) {
    const token = authorization?.replace('Bearer ', '');
    const granted: readonly Scope[] = token === 'all' ? scopes : scopes.filter((scope) => scope === token);
    if (granted.length > 0) {
      return { ...who, address, scopes: new Set(granted), roles: new Set(roles) };
    }
    if (token === 'ended') {
      const principal = { ...who, address, scopes: new Set<Scope>(), roles: new Set<Role>() };
      throw new AccessRefused({ problem: 'unauthorized', reason: 'applicationRevoked', options: {}, principal });
    }
    throw new Problem('unauthorized', { headers: { 'WWW-Authenticate': 'Bearer realm="rollcall"' } });
  },
  async assertStillHolds() {},
  institutionsOf: async () => ['DEMOBANK'],
  forget() {},
};

export interface ProbeApp {
  readonly app: App;
  /** Every line that was logged. */
  readonly log: string[];
  /** Denials that were put into the audit trail. */
  readonly denials: readonly string[];
}

/** The application with fakes for database and access, and routes that show what the plugins do. */
export async function buildProbeApp(changes: Partial<AppDependencies> = {}): Promise<ProbeApp> {
  const log: string[] = [];
  const denials: string[] = [];
  const absent = absentDependencies();
  const database = {
    ...absent.database,
    // The only use of these: denials are kept in a transaction of the institution.
    async inInstitution(institutionId: string) {
      denials.push(institutionId);
      throw Object.assign(new Error('no database here'), { code: '08006' });
    },
  };
  const logger = pino({ level: 'trace', base: null }, { write: (line: string) => void log.push(line) });
  const app = await buildApp({ ...absent, access, database, logger, ...changes });
  addProbes(app);
  return { app, log, denials };
}

function addProbes(app: App): void {
  const body = closed({
    name: Type.String({ maxLength: 5 }),
    tags: Type.Optional(Type.Array(Type.String({ maxLength: 5 }))),
    place: Type.Optional(closed({ city: Type.String(), kind: Type.Optional(Type.Enum(['home', 'work'])) })),
    either: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
  });
  app.route({
    method: 'GET',
    url: '/service/probes',
    config: { right: 'readCustomers', produces: ['application/json', 'text/csv'] },
    schema: { operationId: 'listProbes', querystring: closed(pageQuery()), response: { 200: Type.Any() } },
    handler: async (request, reply) =>
      reply.header('x-accepted', request.accepted).send({ limit: request.query.limit }),
  });
  app.route({
    method: 'POST',
    url: '/service/probes',
    config: { right: 'loadCustomers' },
    schema: { operationId: 'createProbe', querystring: closed(dryRunQuery), body, response: { 200: Type.Any() } },
    handler: async (request) => ({
      body: request.body,
      dryRun: request.dryRun,
      institution: request.principal.institutionId,
    }),
  });
  app.route({
    method: 'PATCH',
    url: '/service/probes/:probeId',
    config: { right: 'loadCustomers' },
    schema: {
      operationId: 'updateProbe',
      params: closed({ probeId: resourceIdSchema }),
      body: closed({ description: Type.Union([Type.String(), Type.Null()]) }),
      response: { 200: Type.Any() },
    },
    handler: async (request) => request.body,
  });
  app.route({
    method: 'GET',
    url: '/service/failures/:failureId',
    config: { right: 'readCustomers' },
    schema: { operationId: 'getFailure', params: closed({ failureId: Type.String() }), response: { 200: Type.Any() } },
    handler: async (request) => failure(request.params.failureId),
  });
}

function failure(kind: string): unknown {
  if (kind === 'json') return JSON.parse('secret-value-123');
  const cause = Object.assign(new Error('row holds secret-value-123'), {
    code: kind,
    detail: 'Key (x)=(secret-value-123)',
  });
  throw new Error('secret-value-123', { cause });
}
