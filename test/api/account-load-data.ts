import type { LightMyRequestResponse } from 'fastify';
import { sql } from 'kysely';
import { institutionId, type TestApp } from '../support/app.ts';
import { type LoadRequest, load, sendLoad } from './customer-data.ts';

/** Sends a file to the loads of accounts. */
export async function sendAccounts(
  bank: TestApp,
  file: string | Buffer,
  request: LoadRequest = {},
): Promise<LightMyRequestResponse> {
  return await sendLoad(bank, file, { ...request, collection: 'accountLoads' });
}

/** Loads accounts that must be taken; returns the load. */
export async function loadAccounts(bank: TestApp, lines: readonly string[], request: LoadRequest = {}) {
  return await load(bank, lines, { ...request, collection: 'accountLoads' });
}

/** The counts of a load of accounts: inserted, updated, unchanged, invalid, removed. */
export function accountCounts(body: Record<string, number>): (number | undefined)[] {
  return ['inserted', 'updated', 'unchanged', 'invalid', 'removed'].map((name) => body[`${name}Count`]);
}

/** The measures as stored, by core customer id: count, mask, deposits, loans, oldest, newest. */
export async function storedMeasures(bank: TestApp): Promise<Record<string, readonly unknown[]>> {
  return await bank.database.inInstitution(institutionId, async (tx) => {
    const { rows } = await sql<{ id: string; count: number; mask: number } & Record<string, unknown>>`
      select c.core_customer_id as id, m.account_count as count, m.product_types as mask, m.total_deposits as deposits,
        m.total_loans as loans, m.oldest_account_opened_on as oldest, m.newest_account_opened_on as newest
      from customer_measure m join customer c using (institution_id, ordinal) order by 1`.execute(tx.db);
    return Object.fromEntries(rows.map(({ id, ...measures }) => [id, Object.values(measures)]));
  });
}

/** How many rows (an account and owner), how many accounts, and how many rows of nobody in the base. */
export async function storedAccounts(bank: TestApp): Promise<readonly number[]> {
  return await bank.database.inInstitution(institutionId, async (tx) => {
    const { rows } = await sql<{ rows: number; accounts: number; orphans: number }>`
      select count(*)::integer as rows, count(distinct a.account_token)::integer as accounts,
        (count(*) filter (where c.ordinal is null)
          + (select count(*) from customer_measure m left join customer c using (institution_id, ordinal)
            where c.ordinal is null))::integer as orphans
      from account a left join customer c using (institution_id, ordinal)`.execute(tx.db);
    const [found] = rows;
    return found === undefined ? [] : [found.rows, found.accounts, found.orphans];
  });
}

export async function customerVersion(bank: TestApp): Promise<number> {
  return await bank.database.inInstitution(institutionId, async (tx) => {
    const { rows } = await sql<{ version: number }>`select customer_version as version from institution`.execute(tx.db);
    return rows[0]?.version ?? -1;
  });
}
