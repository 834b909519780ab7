import { sql } from 'kysely';
import { type RotationControl, rotateByOperator } from '../../src/modules/keys/index.ts';
import { institutionId, type TestApp } from '../support/app.ts';
import { load } from './customer-data.ts';

const columns = [
  'coreCustomerId',
  'givenName',
  'emailAddress',
  'phoneNumber',
  'taxIdNumber',
  'username',
  'accountNumbers',
];

export const header = columns.join(',');

/** A customer of every identifier type; the numbers are of the range that nobody is given. */
export function customerLine(index: number, name = `Name${index}`): string {
  const digits = String(index).padStart(4, '0');
  return [
    `C${digits}`,
    name,
    `person${digits}@example.test`,
    `+1202555${digits}`,
    `96000${digits}`,
    `user${digits}`,
    `A1${digits}|A2${digits}`,
  ].join(',');
}

export async function loadCustomers(bank: TestApp, from: number, count: number): Promise<void> {
  await load(bank, [header, ...Array.from({ length: count }, (_none, index) => customerLine(from + index))]);
}

export async function rotate(
  bank: TestApp,
  order: Omit<Parameters<typeof rotateByOperator>[1], 'institutionId'>,
  control: RotationControl = {},
) {
  return await rotateByOperator(bank, { institutionId, ...order }, control);
}

/** Rows as numbers: which generations are how often stored. */
export async function generationsOf(bank: TestApp, statement: string): Promise<Record<string, number>> {
  const rows = await bank.database.asOperator(
    async (tx) => (await sql.raw<{ name: string; count: number }>(statement).execute(tx.db)).rows,
  );
  return Object.fromEntries(rows.map(({ name, count }) => [name, count]));
}

export const generationOfEnvelope = (column: string) =>
  `(get_byte(${column}, 1) * 256 + get_byte(${column}, 2))::text as name, count(*)::integer as count`;

export async function envelopeGenerations(bank: TestApp): Promise<Record<string, number>[]> {
  return await Promise.all(
    ['profile', 'identifiers'].map((column) =>
      generationsOf(
        bank,
        `select ${generationOfEnvelope(column)} from customer where institution_id = '${institutionId}' group by 1`,
      ),
    ),
  );
}

export async function tokenGenerations(bank: TestApp, identifierType: number): Promise<Record<string, number>> {
  return await generationsOf(
    bank,
    `select key_generation::text as name, count(*)::integer as count from customer_identifier
      where institution_id = '${institutionId}' and identifier_type = ${identifierType} group by 1`,
  );
}

export async function keyStates(bank: TestApp, purpose: 'data' | 'index', identifierType = 0): Promise<string[]> {
  const found = await generationsOf(
    bank,
    `select generation || ' ' || state as name, 1 as count from wrapped_key where institution_id = '${institutionId}'
      and purpose = '${purpose}' and identifier_type = ${identifierType} order by generation`,
  );
  return Object.keys(found);
}

export async function change(bank: TestApp, statement: string): Promise<void> {
  await bank.database.asOperator(async (tx) => void (await sql.raw(statement).execute(tx.db)));
}
