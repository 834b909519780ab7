import { pino } from 'pino';
import { type App, type AppDependencies, buildApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import type { Keyring } from '../../src/crypto/keyring.ts';
import type { OpenDatabase } from '../../src/db/database.ts';
import type { Database } from '../../src/db/transaction.ts';
import { createJobs } from '../../src/jobs/jobs.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { type AccessVerifier, type Principal, roles, scopes } from '../../src/modules/access/index.ts';
import { createAudit } from '../../src/modules/audit/index.ts';
import { createIdempotency } from '../../src/modules/commands/index.ts';
import type { ListReader } from '../../src/modules/imports/reading/index.ts';

export interface BenchAppParts {
  /** What the application works on; may be a variant of `owner`. */
  readonly database: Database;
  readonly owner: OpenDatabase;
  readonly keyring: Keyring;
  readonly listReader: ListReader;
  /** Default: everybody is `bench`, without a look at anything. */
  readonly access?: AccessVerifier;
}

/** The application within this process, for benchmarks that compare two variants of one part of it. */
export async function buildBenchApp(parts: BenchAppParts): Promise<App> {
  const { database, owner, keyring, listReader } = parts;
  const clock = systemClock;
  const deps: AppDependencies = {
    // What is measured here goes on without a pause: the limit must not end it.
    config: readConfig({ ROLLCALL_RATE_PER_ADDRESS_MAX: '100000000', ROLLCALL_RATE_PER_APPLICATION_MAX: '100000000' }),
    database,
    keyring,
    access: parts.access ?? everybodyIs(benchPrincipal),
    audit: createAudit({ keyring }),
    idempotency: createIdempotency({ database, keyring, clock }),
    jobs: createJobs({ database: owner }),
    listReader,
    clock,
    logger: pino({ level: 'silent' }),
  };
  return await buildApp(deps);
}

const benchPrincipal: Principal = {
  id: 'bench',
  kind: 'application',
  name: 'bench',
  applicationId: 'bench',
  institutionId: 'BENCH',
  scopes: new Set(scopes),
  roles: new Set(roles),
  address: '127.0.0.1',
};

function everybodyIs(principal: Principal): AccessVerifier {
  return {
    authenticate: async () => principal,
    assertStillHolds: async () => {},
    institutionsOf: async () => [principal.institutionId],
    forget: () => {},
  };
}
