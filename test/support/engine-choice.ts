import type { Engine } from '../../src/db/transaction.ts';
import { findPostgresqlBinaries } from './postgresql-cluster.ts';

export const engineNames = ['embedded', 'postgresql'] as const satisfies readonly Engine[];

/** Why the engine does not run in this process; undefined = it runs. */
export function skipReason(name: Engine): string | undefined {
  const required = process.env.ROLLCALL_TEST_ENGINES?.split(',');
  if (required !== undefined && !required.includes(name)) return 'ROLLCALL_TEST_ENGINES does not name it';
  if (name === 'embedded' || hasPostgresql()) return undefined;
  const reason = 'no ROLLCALL_TEST_DATABASE_URL, and no PostgreSQL 15 or newer is installed';
  if (required === undefined) return reason;
  throw new Error(`engine postgresql is required: ${reason}`);
}

function hasPostgresql(): boolean {
  return process.env.ROLLCALL_TEST_DATABASE_URL !== undefined || findPostgresqlBinaries() !== undefined;
}
