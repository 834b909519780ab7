import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { pino } from 'pino';
import { type App, type AppDependencies, buildApp } from '../../src/app.ts';
import { openAccess } from '../../src/cli/open-access.ts';
import { readConfig } from '../../src/config.ts';
import { createKeyring, type Keyring } from '../../src/crypto/keyring.ts';
import type { OpenDatabase } from '../../src/db/database.ts';
import { createBaseUrl } from '../../src/http/base-url.ts';
import { createJobs, type Jobs } from '../../src/jobs/jobs.ts';
import { type AccessVerifier, scopes } from '../../src/modules/access/index.ts';
import { type Audit, createAudit } from '../../src/modules/audit/index.ts';
import { createIdempotency } from '../../src/modules/commands/index.ts';
import { createListReader } from '../../src/modules/imports/reading/index.ts';
import { createInstitution } from '../../src/modules/institutions/index.ts';
import { createTokenSigner, type TokenSigner } from '../../src/modules/issuer/index.ts';
import type { TestEngine } from './engines.ts';
import { createTestPrincipal, type TestPrincipal, type TestTokenOrder } from './test-principals.ts';

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
  /** An access token of a new application, or of a new person at the portal. */
  createToken(token: TestTokenOrder): Promise<string>;
  /** The same, and who it is for: `principalId` is the owner of what is made with it. */
  createPrincipal(token: TestTokenOrder): Promise<TestPrincipal>;
  /** Signs as this installation does: for tokens that `createToken` does not make. */
  readonly signer: TokenSigner;
  readonly access: AccessVerifier;
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
  const { jobs, stop } = withStop(
    createJobs({
      database,
      onFailure: ({ queue, error }) => logger.error({ queue, failure: String(error) }, 'job failed'),
    }),
  );
  started.defer(stop);
  const config = changes.config ?? readConfig({ ROLLCALL_DATA_DIR: join(tmpdir(), 'rollcall-test-data') });
  const signer = createTokenSigner({ keyring, clock });
  const baseUrl = createBaseUrl(config);
  const access = changes.access ?? openAccess({ config, database, clock, signer, baseUrl });
  const app = await buildApp({
    config,
    database,
    keyring,
    access,
    audit,
    idempotency: createIdempotency({ database, keyring, clock }),
    jobs,
    listReader,
    clock,
    logger,
    baseUrl,
    ...changes,
  });
  started.defer(() => app.close());

  for (const id of [institutionId, otherInstitutionId]) {
    await database.asOperator((tx) => createInstitution({ keyring }, tx, { id, name: id, at: clock.now() }));
  }
  const createPrincipal: TestApp['createPrincipal'] = ({ institutionIds = [], ...order }) => {
    const [first = order.institutionId ?? institutionId, ...others] = institutionIds;
    return createTestPrincipal({ database, clock, signer, baseUrl }, { ...order, institutionIds: [first, ...others] });
  };
  const createToken: TestApp['createToken'] = async (order) => (await createPrincipal(order)).token;
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
    createPrincipal,
    signer,
    access,
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
