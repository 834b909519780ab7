import { sql } from 'kysely';
import type { InstitutionTx, OperatorTx } from '../../db/transaction.ts';
import type { OrdinalWindow } from './rotation-base-store.ts';

/** The generation that an envelope names: its second and third byte (crypto/envelope.ts). */
function namesAnother(column: string, generation: Buffer) {
  return sql<boolean>`substring(${sql.ref(column)} from 2 for 2) <> ${generation}`;
}

function generationBytes(generation: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(generation);
  return bytes;
}

export interface SealedCustomerRow {
  readonly ordinal: number;
  readonly coreCustomerId: string;
  readonly profile: Buffer;
  readonly identifiers: Buffer;
}

function staleCustomers(tx: InstitutionTx, generation: number) {
  const bytes = generationBytes(generation);
  return tx.db
    .selectFrom('customer')
    .where('institution_id', '=', tx.institutionId)
    .where(sql<boolean>`(${namesAnother('profile', bytes)} or ${namesAnother('identifiers', bytes)})`);
}

/** Customers of the window with an envelope of another generation than this one. */
export async function listStaleCustomers(
  tx: InstitutionTx,
  generation: number,
  window: OrdinalWindow,
): Promise<SealedCustomerRow[]> {
  return await staleCustomers(tx, generation)
    .select(['ordinal', 'core_customer_id as coreCustomerId', 'profile', 'identifiers'])
    .where('ordinal', '>', window.from)
    .where('ordinal', '<=', window.to)
    .orderBy('ordinal')
    .limit(window.to - window.from)
    .execute();
}

/** How many customers have an envelope of another generation, in the window or in all of the base. */
export async function countStaleCustomers(
  tx: InstitutionTx,
  generation: number,
  window?: OrdinalWindow,
): Promise<number> {
  const { count } = await staleCustomers(tx, generation)
    .$if(window !== undefined, (query) =>
      query.where('ordinal', '>', window?.from ?? 0).where('ordinal', '<=', window?.to ?? 0),
    )
    .select(sql<number>`count(*)::integer`.as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

export interface ResealedCustomer {
  readonly old: SealedCustomerRow;
  readonly profile: Buffer;
  readonly identifiers: Buffer;
}

/** Stores envelopes where the old ones still stand. @returns how many that were */
export async function updateCustomerEnvelopes(tx: InstitutionTx, rows: readonly ResealedCustomer[]): Promise<number> {
  const updated = await sql`
    update customer c set profile = v.profile, identifiers = v.identifiers
    from unnest(${rows.map(({ old }) => old.ordinal)}::integer[], ${rows.map(({ old }) => old.profile)}::bytea[],
      ${rows.map(({ old }) => old.identifiers)}::bytea[], ${rows.map(({ profile }) => profile)}::bytea[],
      ${rows.map(({ identifiers }) => identifiers)}::bytea[])
      as v (ordinal, old_profile, old_identifiers, profile, identifiers)
    where c.institution_id = ${tx.institutionId} and c.ordinal = v.ordinal
      and c.profile = v.old_profile and c.identifiers = v.old_identifiers`.execute(tx.db);
  return Number(updated.numAffectedRows ?? 0n);
}

/** What else is sealed with the institution's data key. There is little of it, and most lives for a day. */
const others = {
  totpSecret: { table: 'user_account', column: 'totp_secret', ids: ['id'] },
  reply: { table: 'idempotency_record', column: 'sealed_response', ids: ['principal_id', 'key'] },
  stagePart: { table: 'import_stage', column: 'sealed', ids: ['import_id', 'part'] },
} as const;

export type OtherSealed = keyof typeof others;
export const otherSealed = ['totpSecret', 'reply', 'stagePart'] as const satisfies readonly OtherSealed[];

export interface OtherSealedRow {
  /** The values of its key besides the institution, as text. */
  readonly ids: readonly string[];
  readonly sealed: Buffer;
}

/** Rows of the kind that are sealed with another generation than this one. */
export async function listStaleOthers(
  tx: InstitutionTx | OperatorTx,
  kind: OtherSealed,
  of: { institutionId: string; generation: number; limit: number },
): Promise<OtherSealedRow[]> {
  const { table, column, ids } = others[kind];
  const { rows } = await sql<OtherSealedRow>`
    select array[${sql.join(ids.map((id) => sql`${sql.ref(id)}::text`))}] as ids, ${sql.ref(column)} as sealed
    from ${sql.table(table)}
    where institution_id = ${of.institutionId} and ${namesAnother(column, generationBytes(of.generation))}
    order by ${sql.join(ids.map((id) => sql.ref(id)))} limit ${of.limit}`.execute(tx.db);
  return rows;
}

/** Stores an envelope where the old one still stands. */
export async function updateOtherSealed(
  tx: InstitutionTx,
  kind: OtherSealed,
  { row, sealed }: { row: OtherSealedRow; sealed: Buffer },
): Promise<void> {
  const { table, column, ids } = others[kind];
  const isRow = sql.join(
    ids.map((id, index) => sql`${sql.ref(id)}::text = ${row.ids[index]}`),
    sql` and `,
  );
  await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${sealed}
    where institution_id = ${tx.institutionId} and ${isRow} and ${sql.ref(column)} = ${row.sealed}`.execute(tx.db);
}
