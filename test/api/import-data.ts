import { randomBytes } from 'node:crypto';
import type { LightMyRequestResponse } from 'fastify';
import { sql } from 'kysely';
import { sealEnvelope } from '../../src/crypto/envelope.ts';
import { packValues } from '../../src/crypto/packed-values.ts';
import { type EnvelopeName, envelopeContext } from '../../src/modules/customers/customer-envelope.ts';
import { type IdentifierTypeName, identifierTypeCode, isBlind, tokenize } from '../../src/modules/identifiers/index.ts';
import { institutionId, type TestApp, type TestRequest } from '../support/app.ts';

/** A customer of a test: canonical identifier values by type. */
export interface GivenCustomer {
  readonly coreCustomerId: string;
  readonly identifiers?: Partial<Record<IdentifierTypeName, readonly string[]>>;
}

/** Puts customers into the base as a load leaves them; their ordinals follow the order given. Returns their ids. */
export async function giveCustomers(bank: TestApp, customers: readonly GivenCustomer[]): Promise<string[]> {
  const keys = await bank.keyring.forInstitution(institutionId);
  const sealed = (coreCustomerId: string, name: EnvelopeName, text: string) =>
    sealEnvelope({
      ...keys.dataKey,
      plaintext: Buffer.from(text),
      associatedData: envelopeContext({ institutionId, coreCustomerId }, name),
    });
  return await bank.database.asOperator(async (tx) => {
    const { rows } = await sql<{
      next: number;
    }>`update institution set next_ordinal = next_ordinal + ${customers.length},
      customer_version = customer_version + 1 where id = ${institutionId} returning next_ordinal as next`.execute(
      tx.db,
    );
    const first = (rows[0]?.next ?? 0) - customers.length;
    const ids = customers.map(() => randomBytes(10).toString('hex'));
    for (const [index, customer] of customers.entries()) {
      const ordinal = first + index;
      await tx.db
        .insertInto('customer')
        .values({
          institution_id: institutionId,
          ordinal,
          id: ids[index] ?? '',
          core_customer_id: customer.coreCustomerId,
          customer_type: 'retail',
          profile: sealed(customer.coreCustomerId, 'profile', JSON.stringify([null, null, null, null, null])),
          identifiers: sealed(customer.coreCustomerId, 'identifiers', JSON.stringify([null, [], null])),
          row_fingerprint: '00000000-0000-0000-0000-000000000000',
        })
        .execute();
      for (const [type, values] of Object.entries(customer.identifiers ?? {})) {
        const name = identifierTypeNameOf(type);
        for (const key of keys.indexKeys(identifierTypeCode(name))) {
          for (const value of values) {
            await tx.db
              .insertInto('customer_identifier')
              .values({
                institution_id: institutionId,
                identifier_type: identifierTypeCode(name),
                key_generation: key.generation,
                token: Buffer.from(tokenize(name, key.key, packValues([value]))).toString('hex'),
                ordinal,
              })
              .execute();
          }
        }
      }
    }
    return ids;
  });
}

function identifierTypeNameOf(text: string): IdentifierTypeName {
  const names = ['taxIdNumber', 'accountNumber', 'emailAddress', 'phoneNumber', 'username'] as const;
  const name = names.find((candidate) => candidate === text);
  if (name === undefined || !isBlind(name)) throw new Error(`${text} is not a blind identifier type`);
  return name;
}

/** n customers with tax ids 900000001, 900000002, ... */
export function plainCustomers(n: number): GivenCustomer[] {
  return Array.from({ length: n }, (_none, index) => ({
    coreCustomerId: `C${index + 1}`,
    identifiers: { taxIdNumber: [String(900_000_001 + index)] },
  }));
}

let names = 0;

/** The JSON body of an import of these lines. */
export function importBody(text: string | Uint8Array, more: Record<string, unknown> = {}): Record<string, unknown> {
  names += 1;
  return {
    identifierType: 'taxIdNumber',
    fileName: 'list.csv',
    name: `List ${names}`,
    content: Buffer.from(text).toString('base64'),
    ...more,
  };
}

export async function importList(
  bank: TestApp,
  text: string | Uint8Array,
  more: Record<string, unknown> = {},
  request: Partial<TestRequest> = {},
): Promise<LightMyRequestResponse> {
  return await bank.send({
    method: 'POST',
    url: '/service/importedCustomerAudiences',
    json: importBody(text, more),
    ...request,
  });
}

/** The seven counts of a ledger, in the order of the law. */
export function countsOf(ledger: Record<string, number>): number[] {
  const names = ['header', 'blank', 'invalid', 'duplicate', 'unmatched', 'ambiguous', 'matched'];
  return names.map((name) => ledger[`${name}Count`] ?? Number.NaN);
}

/** Every line of an import as `number outcome reason`, over all pages. */
export async function allLines(bank: TestApp, importId: string, query = 'limit=1000'): Promise<string[]> {
  const lines: string[] = [];
  let url: string | undefined = `/service/customerAudienceImports/${importId}/lines?${query}`;
  while (url !== undefined) {
    const page: LightMyRequestResponse = await bank.send({ url });
    if (page.statusCode !== 200) throw new Error(`the lines answered ${page.statusCode}: ${page.body}`);
    const body: { items: { recordNumber: number; outcome: string; reason?: string }[]; nextPage_url?: string } =
      page.json();
    lines.push(...body.items.map((line) => [line.recordNumber, line.outcome, line.reason].filter(Boolean).join(' ')));
    url = body.nextPage_url;
  }
  return lines;
}

export async function memberIds(bank: TestApp, audienceId: string): Promise<string[]> {
  const page = await bank.send({ url: `/service/customerAudiences/${audienceId}/customerIds?limit=10000` });
  const body: { items: ({ id: string } | string)[] } = page.json();
  return body.items.map((item) => (typeof item === 'string' ? item : item.id));
}
