import { sealEnvelope } from '../../src/crypto/envelope.ts';
import type { InstitutionTx } from '../../src/db/transaction.ts';
import { bitmapBytes, bitmapFrom, bitmapOf } from '../../src/lib/bitmap.ts';
import { randomId } from '../../src/lib/id.ts';
import {
  type AudienceRow,
  appendAudienceVersion,
  insertImportedAudience,
  lockAudience,
  readVersion,
} from '../../src/modules/audiences/index.ts';
import { envelopeContext, identifiersText, profileText } from '../../src/modules/customers/customer-envelope.ts';
import { institutionId, type TestApp } from '../support/app.ts';

/** The id of a seeded customer: 20 hex digits that begin with c. */
export function seededId(ordinal: number): string {
  return `c${ordinal.toString(16).padStart(19, '0')}`;
}

/** Customers of ordinals 0 to n - 1, with sealed envelopes, straight into the tables. */
export async function seedCustomers(bank: TestApp, n: number, institution = institutionId): Promise<void> {
  const keys = await bank.keyring.forInstitution(institution);
  const seal = (coreCustomerId: string, name: 'profile' | 'identifiers', text: string) =>
    sealEnvelope({
      key: keys.dataKey.key,
      generation: keys.dataKey.generation,
      plaintext: Buffer.from(text),
      associatedData: envelopeContext({ institutionId: institution, coreCustomerId }, name),
    });
  const rows = Array.from({ length: n }, (_, ordinal) => {
    const coreCustomerId = `CORE-${ordinal}`;
    const profile = profileText({
      givenName: `Given${ordinal}`,
      familyName: `Family${ordinal}`,
      businessName: null,
      emailAddress: `person${ordinal}@example.com`,
      phoneNumber: `+1555${String(ordinal).padStart(7, '0')}`,
    });
    const taxIdNumber = String(100_000_000 + ordinal);
    const identifiers = identifiersText({ taxIdNumber, accountNumbers: [`A${ordinal}`], username: null });
    return {
      institution_id: institution,
      ordinal,
      id: seededId(ordinal),
      core_customer_id: coreCustomerId,
      customer_type: 'retail' as const,
      region_code: 'NC',
      postal_code: '28401',
      birth_year: 1980,
      customer_since: '2020-02-29',
      profile: seal(coreCustomerId, 'profile', profile),
      identifiers: seal(coreCustomerId, 'identifiers', identifiers),
      row_fingerprint: `00000000-0000-4000-8000-${ordinal.toString(16).padStart(12, '0')}`,
    };
  });
  await bank.database.inInstitution(institution, async (tx) => {
    for (let at = 0; at < rows.length; at += 1_000) {
      await tx.db
        .insertInto('customer')
        .values(rows.slice(at, at + 1_000))
        .execute();
    }
    await tx.db
      .updateTable('institution')
      .set({ next_ordinal: n, customer_version: 1 })
      .where('id', '=', institution)
      .execute();
  });
}

export interface AudienceSeed {
  readonly name: string;
  readonly members?: Iterable<number>;
  readonly at?: Date;
  readonly by?: string;
  readonly description?: string;
  readonly customerCount?: number;
  readonly institution?: string;
}

export async function seedAudience(bank: TestApp, seed: AudienceSeed): Promise<AudienceRow> {
  const institution = seed.institution ?? institutionId;
  return await bank.database.inInstitution(institution, (tx) => insertSeed(tx, seed, bank.clock.now()));
}

async function insertSeed(tx: InstitutionTx, seed: AudienceSeed, now: Date): Promise<AudienceRow> {
  using members = bitmapOf(seed.members ?? []);
  return await insertImportedAudience(tx, {
    id: randomId(),
    name: seed.name,
    description: seed.description,
    identifierType: 'taxIdNumber',
    fileName: 'list.csv',
    importId: randomId(),
    members: bitmapBytes(members),
    memberLines: null,
    customerCount: seed.customerCount ?? members.size,
    customerVersion: 1,
    at: seed.at ?? now,
    by: seed.by ?? 'seed-token',
  });
}

/** Gives the audience new members as its next version. */
export async function replaceMembers(bank: TestApp, audienceId: string, ordinals: Iterable<number>): Promise<void> {
  await bank.database.inInstitution(institutionId, async (tx) => {
    const audience = await lockAudience(tx, { principalId: 'seed-token', seesAll: true, managesAll: true }, audienceId);
    if (audience === undefined) throw new Error('no such audience');
    using members = bitmapOf(ordinals);
    using before = bitmapFrom((await readVersion(tx, audienceId, audience.version)).members);
    await appendAudienceVersion(tx, audience, {
      members: bitmapBytes(members),
      memberLines: null,
      cause: 'replace',
      importId: null,
      addedCount: members.andNotCardinality(before),
      removedCount: before.andNotCardinality(members),
      customerCount: members.size,
      customerVersion: 1,
      at: bank.clock.now(),
      by: 'seed-token',
    });
  });
}
