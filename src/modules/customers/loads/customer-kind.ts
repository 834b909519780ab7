import { type InstitutionKeys, type Keyring, requireDataKeys } from '../../../crypto/keyring.ts';
import type { Database } from '../../../db/transaction.ts';
import { identifierTypeCode } from '../../identifiers/index.ts';
import { findInstitutionSettings } from '../../institutions/index.ts';
import { listAttributeRules } from './attribute-rule-store.ts';
import { analyzeCustomers } from './load-analyze-store.ts';
import { sendBody } from './load-body.ts';
import type { Intake, IntakeOrder, LoadKind } from './load-kind.ts';
import { type CustomerTerms, indexedTypes, type LoadKeys, type StoredAnswer } from './load-protocol.ts';
import { publishLoad } from './load-publish.ts';
import type { LoadThreadPool } from './load-threads.ts';
import { customerLoadResource } from './load-view.ts';
import { startLoadWorkers } from './load-workers.ts';
import type { Spool } from './spool.ts';
import { isBaseEmpty, listStoredCustomers } from './stored-customer-store.ts';

const envelopesPerCustomer = 2;

/** Loads of customers. */
export function createCustomerKind(deps: CustomerKindDeps): LoadKind {
  return {
    ...customerLoadResource,
    takeIn: (order, spool) => takeIn(deps, order, spool),
    analyze: analyzeCustomers,
  };
}

interface CustomerKindDeps {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly threads: LoadThreadPool;
}

async function takeIn(deps: CustomerKindDeps, order: IntakeOrder, spool: Spool): Promise<Intake> {
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
  const { departed: departedKey, indexKeys, dataKey } = terms.keys;
  const dataKeyGeneration = dataKey.generation;
  deps.keyring.countSeals(institutionId, dataKeyGeneration, summary.stagedCount * envelopesPerCustomer);
  const staged = { spool, summary, departedKey, indexKeys, dataKeyGeneration };
  return {
    summary,
    digest,
    publish: (tx, publishing, stillRuns) => publishLoad(deps, tx, { ...publishing, ...staged }, stillRuns),
  };
}

async function readingTerms(
  deps: { database: Database; keyring: Keyring },
  order: IntakeOrder,
): Promise<CustomerTerms> {
  const keys = await deps.keyring.forInstitution(order.institutionId);
  const { settings, baseIsEmpty, attributes } = await deps.database.inInstitution(order.institutionId, async (tx) => ({
    settings: await findInstitutionSettings(tx),
    baseIsEmpty: await isBaseEmpty(tx),
    attributes: await listAttributeRules(tx),
  }));
  return {
    kind: 'customers',
    format: order.format,
    ignoreColumns: order.ignoreColumns,
    ...(settings.defaultCountry === undefined ? {} : { defaultCountry: settings.defaultCountry }),
    linesMax: order.limits.linesMax,
    keepsRefusedKeys: order.mode === 'replace',
    baseIsEmpty,
    attributes,
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
