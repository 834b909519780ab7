import { sql } from 'kysely';
import type { InstitutionTx } from '../../db/transaction.ts';
import type { OrdinalWindow } from './rotation-base-store.ts';

/** An identifier type whose tokens are made anew: those of `from` are complete, those of `to` are to be. */
export interface IndexGenerations {
  readonly identifierType: number;
  readonly from: number;
  readonly to: number;
}

export interface UnfilledCustomer {
  readonly ordinal: number;
  readonly coreCustomerId: string;
  readonly sealed: Buffer;
  /** How many tokens it has under the old key. */
  readonly tokenCount: number;
}

/** Customers of the window that have not as many tokens under the new key as under the old one. */
function unfilled(tx: InstitutionTx, { identifierType, from, to }: IndexGenerations, window: OrdinalWindow) {
  return sql`
    select ordinal, (count(*) filter (where key_generation = ${from}))::integer as token_count
    from customer_identifier
    where institution_id = ${tx.institutionId} and ordinal > ${window.from} and ordinal <= ${window.to}
      and identifier_type = ${identifierType} and key_generation in (${from}, ${to})
    group by ordinal
    having count(*) filter (where key_generation = ${to}) <> count(*) filter (where key_generation = ${from})`;
}

/** @param envelope the column that holds the values of the type */
export async function listUnfilledCustomers(
  tx: InstitutionTx,
  generations: IndexGenerations,
  { window, envelope }: { window: OrdinalWindow; envelope: 'profile' | 'identifiers' },
): Promise<UnfilledCustomer[]> {
  const { rows } = await sql<UnfilledCustomer>`
    select c.ordinal, c.core_customer_id as "coreCustomerId", c.${sql.ref(envelope)} as sealed,
      u.token_count as "tokenCount"
    from (${unfilled(tx, generations, window)}) u
      join customer c on c.institution_id = ${tx.institutionId} and c.ordinal = u.ordinal
    order by c.ordinal limit ${window.to - window.from}`.execute(tx.db);
  return rows;
}

export async function countUnfilledCustomers(
  tx: InstitutionTx,
  generations: IndexGenerations,
  window: OrdinalWindow,
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from (${unfilled(tx, generations, window)}) u`.execute(tx.db);
  return rows[0]?.count ?? 0;
}

/** Customers with a token of the type: as many have to be filled. */
export async function countIndexedCustomers(
  tx: InstitutionTx,
  of: { identifierType: number; generation: number },
): Promise<number> {
  const { count } = await tx.db
    .selectFrom('customer_identifier')
    .select(sql<number>`count(distinct ordinal)::integer`.as('count'))
    .where('institution_id', '=', tx.institutionId)
    .where('identifier_type', '=', of.identifierType)
    .where('key_generation', '=', of.generation)
    .executeTakeFirstOrThrow();
  return count;
}

/** Tokens are 32 hex digits; token i belongs to ordinal i. */
export async function insertTokens(
  tx: InstitutionTx,
  key: { identifierType: number; generation: number },
  rows: { ordinals: readonly number[]; tokens: readonly string[] },
): Promise<void> {
  await sql`
    insert into customer_identifier (institution_id, identifier_type, key_generation, token, ordinal)
    select ${tx.institutionId}, ${key.identifierType}, ${key.generation}, v.token, v.ordinal
    from unnest(${rows.ordinals}::integer[], ${rows.tokens}::uuid[]) as v (ordinal, token)
    order by v.token, v.ordinal
    on conflict do nothing`.execute(tx.db);
}

/** Deletes the tokens of the window that no active key gives. @returns how many */
export async function deleteOtherTokens(
  tx: InstitutionTx,
  keep: { identifierType: number; generation: number },
  window: OrdinalWindow,
): Promise<number> {
  const deleted = await tx.db
    .deleteFrom('customer_identifier')
    .where('institution_id', '=', tx.institutionId)
    .where('ordinal', '>', window.from)
    .where('ordinal', '<=', window.to)
    .where('identifier_type', '=', keep.identifierType)
    .where('key_generation', '<', keep.generation)
    .executeTakeFirst();
  return Number(deleted.numDeletedRows);
}
