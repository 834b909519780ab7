import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { pino } from 'pino';
import { type App, type AppDependencies, buildApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { createKeyring, type Keyring } from '../../src/crypto/keyring.ts';
import type { OpenDatabase } from '../../src/db/database.ts';
import { createJobs, type Jobs } from '../../src/jobs/jobs.ts';
import { createAccessToken, createAccessVerifier, type Scope, scopes } from '../../src/modules/access/index.ts';
import { type Audit, createAudit } from '../../src/modules/audit/index.ts';
import { createIdempotency } from '../../src/modules/commands/index.ts';
import { createListReader } from '../../src/modules/imports/reading/index.ts';
import { createInstitution } from '../../src/modules/institutions/index.ts';
import type { TestEngine } from './engines.ts';

export const institutionId = 'DEMOBANK';
export const otherInstitutionId = 'OTHERBNK';

const workMemoryBytesMax = 256 * 1024 * 1024;

/** A request as a token sends it; `json` is its body. */
export interface TestRequest extends Omit<InjectOptions, 'path' | 'server'> {
  readonly url: string;
  readonly json?: unknown;
  /** Default: the institution's token with every scope. `null` sends none. */
  readonly token?: string | null;
}

export interface TestApp extends AsyncDisposable {
  readonly app: App;
  readonly database: OpenDatabase;
  readonly keyring: Keyring;
  readonly audit: Audit;
  /** Work of `Prefer: respond-async` waits until the test starts them. */
  readonly jobs: Jobs;
  /** The time of the application; `advance` moves it. */
  readonly clock: { now(): Date; advance(milliseconds: number): void };
  /** Every line that was logged, as JSON. */
  readonly log: string[];
  /** Tokens with every scope, of `institutionId` and of `otherInstitutionId`. */
  readonly tokens: { readonly own: string; readonly other: string };
  createToken(token: { institutionId?: string; scopes: readonly Scope[] }): Promise<string>;
  send(request: TestRequest): Promise<LightMyRequestResponse>;
  close(): Promise<void>;
}

/**
 * The whole application over an empty database of the engine: two institutions with keys of their own, tokens with
 * every scope for both, and a captured log. `await using bank = await startTestApp(engine)` closes it again.
 */
export async function startTestApp(engine: TestEngine, changes: Partial<AppDependencies> = {}): Promise<TestApp> {
  await using started = new AsyncDisposableStack();
  const database = await engine.freshDatabase();
  started.defer(() => database.close());
  const clock = createTestClock();
  const log: string[] = [];
  const logger = pino({ level: 'trace', base: null }, { write: (line: string) => void log.push(line) });
  const keyring = createKeyring({ database, masterKey: randomBytes(32), clock });
  const listReader = createListReader({ workers: 1, memoryBytesMax: workMemoryBytesMax });
  started.defer(() => listReader.close());
  const audit = createAudit({ keyring });
  const { jobs, stop } = withStop(createJobs({ database }));
  started.defer(stop);
  const app = await buildApp({
    config: readConfig({ ROLLCALL_DATA_DIR: join(tmpdir(), 'rollcall-test-data') }),
    database,
    keyring,
    access: createAccessVerifier({ database, clock }),
    audit,
    idempotency: createIdempotency({ database, keyring, clock }),
    jobs,
    listReader,
    clock,
    logger,
    ...changes,
  });
  started.defer(() => app.close());

  for (const id of [institutionId, otherInstitutionId]) {
    await database.asOperator((tx) => createInstitution({ keyring }, tx, { id, name: id, at: clock.now() }));
  }
  const createToken: TestApp['createToken'] = (token) =>
    database.asOperator((tx) => createAccessToken(tx, { institutionId, name: 'test', at: clock.now(), ...token }));
  const tokens = {
    own: await createToken({ scopes }),
    other: await createToken({ institutionId: otherInstitutionId, scopes }),
  };
  const running = started.move();
  const close = () => running.disposeAsync();
  return {
    app,
    database,
    keyring,
    audit,
    jobs,
    clock,
    log,
    tokens,
    createToken,
    send: ({ json, token = tokens.own, ...request }) =>
      app.inject({
        ...request,
        headers: {
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(json === undefined ? {} : { 'content-type': 'application/json' }),
          ...request.headers,
        },
        ...(json === undefined ? {} : { payload: JSON.stringify(json) }),
      }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function createTestClock() {
  let offset = 0;
  return {
    now: () => new Date(Date.now() + offset),
    advance(milliseconds: number) {
      offset += milliseconds;
    },
  };
}

/** The jobs, and how to stop them if they were started. */
function withStop(jobs: Jobs): { jobs: Jobs; stop(): Promise<void> } {
  let running = false;
  return {
    jobs: {
      ...jobs,
      async start() {
        await jobs.start();
        running = true;
      },
    },
    async stop() {
      if (running) await jobs.stop({ timeoutMs: 5_000 });
    },
  };
}
