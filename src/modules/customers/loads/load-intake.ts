import { type InstitutionKeys, type Keyring, requireDataKeys } from '../../../crypto/keyring.ts';
import type { Database } from '../../../db/transaction.ts';
import { identifierTypeCode } from '../../identifiers/index.ts';
import { findInstitutionSettings } from '../../institutions/index.ts';
import { sendBody } from './load-body.ts';
import {
  indexedTypes,
  type LoadKeys,
  type LoadSummary,
  type ReadingTerms,
  type StoredAnswer,
} from './load-protocol.ts';
import type { LoadThreadPool } from './load-threads.ts';
import { startLoadWorkers } from './load-workers.ts';
import type { Spool } from './spool.ts';
import { isBaseEmpty, listStoredCustomers } from './stored-customer-store.ts';

const envelopesPerCustomer = 2;

export interface LoadLimits {
  readonly bytesMax: number;
  readonly linesMax: number;
}

export interface IntakeOrder {
  readonly institutionId: string;
  readonly mode: 'upsert' | 'replace';
  readonly format: 'csv' | 'ndjson';
  readonly ignoreColumns: readonly string[];
  readonly body: AsyncIterable<Uint8Array>;
  readonly digestKey: Uint8Array | undefined;
  readonly limits: LoadLimits;
  readonly onProgress: (lineCount: number) => void;
}

export interface Intake {
  readonly summary: LoadSummary;
  /** Keyed digest of the body; undefined without a digest key. */
  readonly digest: Buffer | undefined;
  /** The keys that the identifiers were blinded with: publishing checks that they are still the active ones. */
  readonly indexKeys: LoadKeys['indexKeys'];
  /** Of the data key that sealed the rows: the same. */
  readonly dataKeyGeneration: number;
}

/**
 * Reads a body to its end into the spool. No transaction is open meanwhile but the short ones that look up customers of
 * whom a row keeps something.
 */
export async function takeIn(
  deps: { database: Database; keyring: Keyring; threads: LoadThreadPool },
  order: IntakeOrder,
  spool: Spool,
): Promise<Intake> {
  const { institutionId } = order;
  const terms = await readingTerms(deps, order);
  await using workers = startLoadWorkers(deps.threads, {
    terms,
    spool,
    onProgress: order.onProgress,
    findStored: (ids) => findStored(deps, institutionId, ids),
  });
  const digest = await sendBody(workers, order.body, {
    bytesMax: order.limits.bytesMax,
    digestKey: order.digestKey,
  });
  const summary = await workers.finish();
  const dataKeyGeneration = terms.keys.dataKey.generation;
  deps.keyring.countSeals(institutionId, dataKeyGeneration, summary.stagedCount * envelopesPerCustomer);
  return { summary, digest, indexKeys: terms.keys.indexKeys, dataKeyGeneration };
}

async function readingTerms(deps: { database: Database; keyring: Keyring }, order: IntakeOrder): Promise<ReadingTerms> {
  const keys = await deps.keyring.forInstitution(order.institutionId);
  const { settings, baseIsEmpty } = await deps.database.inInstitution(order.institutionId, async (tx) => ({
    settings: await findInstitutionSettings(tx),
    baseIsEmpty: await isBaseEmpty(tx),
  }));
  return {
    format: order.format,
    ignoreColumns: order.ignoreColumns,
    ...(settings.defaultCountry === undefined ? {} : { defaultCountry: settings.defaultCountry }),
    linesMax: order.limits.linesMax,
    keepsRefusedKeys: order.mode === 'replace',
    baseIsEmpty,
    keys: loadKeys(keys),
  };
}

function loadKeys(keys: InstitutionKeys): LoadKeys {
  const [taxIdNumber = [], accountNumber = [], emailAddress = [], phoneNumber = [], username = []] = indexedTypes.map(
    (type) => keys.indexKeys(identifierTypeCode(type)),
  );
  return {
    institutionId: keys.institutionId,
    departed: keys.macKey('departed'),
    rowFingerprint: keys.macKey('rowFingerprint'),
    dataKey: keys.dataKey,
    dataKeys: keys.dataKeys,
    indexKeys: { taxIdNumber, accountNumber, emailAddress, phoneNumber, username },
  };
}

/** Customers of whom a row keeps something, and keys that open them. */
async function findStored(
  deps: { database: Database; keyring: Keyring },
  institutionId: string,
  coreCustomerIds: readonly string[],
): Promise<StoredAnswer> {
  const customers = await deps.database.inInstitution(institutionId, (tx) => listStoredCustomers(tx, coreCustomerIds));
  return await deps.keyring.opening(institutionId, (keys) => {
    // The thread opens them; here it shows whether a rotation has begun to seal with a key that is not known yet.
    for (const { profile, identifiers } of customers) requireDataKeys(keys, [profile, identifiers]);
    return { customers, dataKeys: keys.dataKeys };
  });
}
