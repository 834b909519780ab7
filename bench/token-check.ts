import { join } from 'node:path';
import type { App } from '../src/app.ts';
import { openAccess } from '../src/cli/open-access.ts';
import { createOperatorToken } from '../src/cli/operator-token.ts';
import { readConfig } from '../src/config.ts';
import { createKeyring } from '../src/crypto/keyring.ts';
import { openDatabase } from '../src/db/open.ts';
import { systemClock } from '../src/lib/clock.ts';
import { scopes } from '../src/modules/access/index.ts';
import { createListReader } from '../src/modules/imports/reading/index.ts';
import { createTokenSigner } from '../src/modules/issuer/index.ts';
import { buildBenchApp } from './support/bench-app.ts';
import type { BenchContext } from './support/context.ts';
import { type BenchResult, median } from './support/report.ts';
import { seedAudience } from './support/seed-audience.ts';

const pageRows = 100;
const pages = 3_000;
const warmUpPages = 300;
const firstUses = 200;
const addedMsMax = 0.3;
const tokenSeconds = 3_600;

/**
 * What the check of the access token adds to a page of 100 members: the application with it against the same one with a
 * verifier that knows the answer. In one process, without sockets, request by request in turns, so that what else the
 * machine does falls on both; the medians of all requests count. The look into the database each 5 seconds is part of it.
 */
export async function benchTokenCheck(context: BenchContext, masterKey: Uint8Array): Promise<BenchResult> {
  await using started = new AsyncDisposableStack();
  const location = { url: context.databaseUrl, dataDir: join(context.folder, 'data') };
  const database = await openDatabase({ ...location, purpose: 'command' });
  started.defer(() => database.close());
  const clock = systemClock;
  const keyring = createKeyring({ database, masterKey, clock });
  const listReader = createListReader({ workers: 1, memoryBytesMax: 2 ** 30 });
  started.defer(() => listReader.close());
  const signer = createTokenSigner({ keyring, clock });
  const access = openAccess({ config: readConfig({}), database, clock, signer, baseUrl: () => '' });
  const parts = { owner: database, database, keyring, listReader };
  const checking = await buildBenchApp({ ...parts, access });
  started.defer(() => checking.close());
  const knowing = await buildBenchApp(parts);
  started.defer(() => knowing.close());
  const createToken = () =>
    createOperatorToken(
      { database, keyring, clock },
      { institutionId: 'BENCH', name: 'token-check', scopes, expiresInSeconds: tokenSeconds },
    );
  const { id, ordinals } = await seedAudience(database);
  const request = {
    url: `/service/customerAudiences/${id}/customers?limit=${pageRows}`,
    headers: { authorization: `Bearer ${await createToken()}` },
  };
  const times = await takeTurns({ checking, knowing }, request);
  const addedMs = median(times.checking) - median(times.knowing);
  const firstUseMs = await firstUsesMs(access, createToken);
  return {
    bench: 'token-check',
    engine: context.engine,
    parameters: { members: ordinals.length, rows: pageRows, pages },
    figures: [
      {
        name: 'added to a page of 100 members',
        value: addedMs,
        unit: 'ms',
        floor: { name: 'page without the check, ms', value: median(times.knowing) },
        ratio: median(times.checking) / median(times.knowing),
        target: { text: `at most ${addedMsMax} ms`, met: addedMs <= addedMsMax },
      },
      { name: 'first use of a token: signature, application, grants', value: median(firstUseMs), unit: 'ms' },
    ],
  };
}

interface PageRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

async function takeTurns(apps: { checking: App; knowing: App }, request: PageRequest) {
  const times: Record<'checking' | 'knowing', number[]> = { checking: [], knowing: [] };
  for (let page = -warmUpPages; page < pages; page += 1) {
    // Who goes first takes turns too: the second finds warmer caches.
    const order = page % 2 === 0 ? (['checking', 'knowing'] as const) : (['knowing', 'checking'] as const);
    for (const name of order) {
      const ms = await pageMs(apps[name], request);
      if (page >= 0) times[name].push(ms);
    }
  }
  return times;
}

async function pageMs(app: App, { url, headers }: PageRequest): Promise<number> {
  const from = performance.now();
  const answer = await app.inject({ url, headers });
  if (answer.statusCode !== 200) throw new Error(`a page answered ${answer.statusCode}`);
  return performance.now() - from;
}

async function firstUsesMs(
  access: ReturnType<typeof openAccess>,
  createToken: () => Promise<string>,
): Promise<readonly number[]> {
  const times: number[] = [];
  for (let use = 0; use < firstUses; use += 1) {
    const authorization = `Bearer ${await createToken()}`;
    const from = performance.now();
    await access.authenticate({ authorization, apiKey: undefined, institutionId: undefined, address: undefined });
    times.push(performance.now() - from);
  }
  return times;
}
