import { sealEnvelope } from '../../src/crypto/envelope.ts';
import { createKeyring } from '../../src/crypto/keyring.ts';
import type { OpenDatabase } from '../../src/db/database.ts';
import { bitmapBytes, bitmapOf } from '../../src/lib/bitmap.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { randomId } from '../../src/lib/id.ts';
import { insertImportedAudience } from '../../src/modules/audiences/index.ts';
import { envelopeContext, identifiersText, profileText } from '../../src/modules/customers/customer-envelope.ts';

const institutionId = 'BENCH';
const rowsPerStatement = 2_000;

/**
 * Customers straight into the table, with sealed envelopes and without identifiers: page reads look at nothing else.
 *
 * @param masterKey that of the server
 */
export async function seedCustomers(
  database: OpenDatabase,
  options: { customers: number; masterKey: Uint8Array },
): Promise<void> {
  const keys = await createKeyring({ database, masterKey: options.masterKey, clock: systemClock }).forInstitution(
    institutionId,
  );
  const seal = (coreCustomerId: string, name: 'profile' | 'identifiers', text: string) =>
    sealEnvelope({
      ...keys.dataKey,
      plaintext: Buffer.from(text),
      associatedData: envelopeContext({ institutionId, coreCustomerId }, name),
    });
  for (let from = 0; from < options.customers; from += rowsPerStatement) {
    const ordinals = Array.from({ length: Math.min(rowsPerStatement, options.customers - from) }, (_, i) => from + i);
    const coreIds = ordinals.map((ordinal) => `C${String(ordinal).padStart(8, '0')}`);
    const profiles = coreIds.map((coreId, index) => seal(coreId, 'profile', profileOf(from + index)));
    const identifiers = coreIds.map((coreId, index) => seal(coreId, 'identifiers', identifiersOf(from + index)));
    await database.asOperator((tx) =>
      tx.client.query(
        `insert into customer select '${institutionId}', ordinal, 'c' || lpad(to_hex(ordinal), 19, '0'), core_id, 'retail',
          'NC', '28401', 1940 + ordinal % 65, date '2000-01-01' + ordinal % 9000, profile, identifiers, gen_random_uuid()
         from unnest($1::integer[], $2::text[], $3::bytea[], $4::bytea[]) as row (ordinal, core_id, profile, identifiers)`,
        [ordinals, coreIds, profiles, identifiers],
      ),
    );
  }
  await database.asOperator((tx) =>
    tx.client.query('update institution set next_ordinal = $1, customer_version = 1 where id = $2', [
      options.customers,
      institutionId,
    ]),
  );
}

function profileOf(ordinal: number): string {
  return profileText({
    givenName: `Given${ordinal % 997}`,
    familyName: `Family${ordinal % 4_999}`,
    businessName: null,
    emailAddress: `given${ordinal % 997}.family${ordinal}@example.com`,
    phoneNumber: `+1919555${String(ordinal % 10_000).padStart(4, '0')}`,
  });
}

function identifiersOf(ordinal: number): string {
  const taxIdNumber = String(100_000_000 + ordinal);
  return identifiersText({ taxIdNumber, accountNumbers: [String(ordinal).padStart(12, '0')], username: null });
}

/** An audience of every customer but each tenth: no run of ordinals is longer than nine, so no page is a mere range. */
export async function seedAudience(database: OpenDatabase): Promise<{ id: string; ordinals: Uint32Array }> {
  const { rows } = await database.asOperator((tx) =>
    tx.client.query<{ ordinal: number }>(
      'select ordinal from customer where institution_id = $1 and ordinal % 10 <> 3 order by ordinal',
      [institutionId],
    ),
  );
  const ordinals = Uint32Array.from(rows, (row) => row.ordinal);
  using members = bitmapOf(ordinals);
  const id = randomId();
  await database.inInstitution(institutionId, (tx) =>
    insertImportedAudience(tx, {
      id,
      name: `Pages ${id}`,
      description: null,
      identifierType: 'coreCustomerId',
      fileName: 'pages.csv',
      importId: randomId(),
      members: bitmapBytes(members),
      memberLines: null,
      customerCount: members.size,
      customerVersion: 1,
      at: new Date(),
      by: 'bench',
    }),
  );
  return { id, ordinals };
}
