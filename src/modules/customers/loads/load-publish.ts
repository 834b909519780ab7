import { cmacBatch } from '../../../crypto/aes-cmac.ts';
import { lockDataKey, lockKeysToIndex } from '../../../crypto/key-changes.ts';
import type { Keyring } from '../../../crypto/keyring.ts';
import { packValues } from '../../../crypto/packed-values.ts';
import type { Database, InstitutionTx } from '../../../db/transaction.ts';
import { type Bitmap, bitmapBytes, bitmapFrom } from '../../../lib/bitmap.ts';
import { Problem } from '../../../lib/problem.ts';
import { identifierTypeCode } from '../../identifiers/index.ts';
import { type LockedBase, lockCustomerBase, saveCustomerBase } from '../customer-change-store.ts';
import { deleteDeadAttributes } from './attribute-rule-store.ts';
import { CopyRowWriter } from './copy-row-writer.ts';
import {
  deleteAbsent,
  deleteReturned,
  insertCustomers,
  insertDepartedTokens,
  insertIdentifiers,
  listAbsent,
  updateCustomers,
} from './load-apply-store.ts';
import { changesAnything, type PublishedLoad, type PublishTerms, removesTooMany } from './load-kind.ts';
import { indexedTypes, type LoadKeys, type LoadSummary } from './load-protocol.ts';
import { classifyRows, findAbsent, hasStaleRows, stageSpool } from './load-stage-store.ts';
import type { Spool } from './spool.ts';

/** A file that has been read whole. */
export interface StagedLoad extends PublishTerms {
  readonly spool: Spool;
  readonly summary: LoadSummary;
  readonly departedKey: Uint8Array;
  /** What the identifiers were blinded with. */
  readonly indexKeys: LoadKeys['indexKeys'];
  /** What the customers were sealed with. */
  readonly dataKeyGeneration: number;
}

/**
 * Makes a staged file the customer base, all of it in the caller's transaction.
 *
 * @param stillRuns called under the lock: throws when the load's slot has been taken by another
 * @throws Problem `serviceUnavailable` when a key that it relies on was retired since the file was read
 * @throws Problem `conflict` when a customer that a row keeps something of was erased meanwhile
 */
export async function publishLoad(
  { database, keyring }: { database: Database; keyring: Keyring },
  tx: InstitutionTx,
  load: StagedLoad,
  stillRuns: (tx: InstitutionTx) => Promise<void>,
): Promise<PublishedLoad> {
  await stageSpool(database, tx, load);
  const base = await lockCustomerBase(tx);
  await stillRuns(tx);
  await requireCurrentKeys(keyring, tx, load);
  if (load.summary.mergedCount > 0 && (await hasStaleRows(tx))) {
    throw new Problem('conflict', {
      detail: 'A customer of this file was erased while it was read. Nothing has changed; send the file again.',
    });
  }
  const classified = await classifyRows(tx, base.nextOrdinal);
  const absent = load.mode === 'replace' ? await findAbsent(tx) : { removedCount: 0, customerCount: 0 };
  const counts = { ...classified, removedCount: absent.removedCount };
  const refusal = removalsRefusal(load, absent);
  const { invalidCount, ledger } = load.summary;
  const published = { counts, invalidCount, ledger, refusal };
  if (refusal !== undefined || load.dryRun || !changesAnything(counts)) {
    return { ...published, customerVersion: base.customerVersion };
  }
  return { ...published, customerVersion: await applyLoad({ database, tx, base, counts }, load.departedKey) };
}

/**
 * A load that misses the index key which lists rely on would hide its customers from them; what is sealed with a
 * retired data key could not be opened any more.
 */
async function requireCurrentKeys(keyring: Keyring, tx: InstitutionTx, load: StagedLoad): Promise<void> {
  const states = [await lockDataKey(tx, load.dataKeyGeneration)];
  for (const type of indexedTypes) {
    const generations = load.indexKeys[type].map((key) => key.generation);
    states.push(await lockKeysToIndex(tx, identifierTypeCode(type), generations));
  }
  if (!states.includes('changed')) return;
  keyring.forget(tx.institutionId);
  throw new Problem('serviceUnavailable', {
    detail: 'A key was rotated while the file was read. Nothing has changed; send the file again.',
    headers: { 'Retry-After': '5' },
  });
}

function removalsRefusal(
  load: StagedLoad,
  absent: { removedCount: number; customerCount: number },
): Problem | undefined {
  const { removedCount, customerCount } = absent;
  if (!removesTooMany(load, { removedCount, totalCount: customerCount })) return undefined;
  return new Problem('tooManyRemovals', {
    detail: `The file does not name ${removedCount} of ${customerCount} customers, and a replace removes them. If that is meant, send confirmRemovals=true.`,
    attributes: { removedCount, customerCount },
  });
}

interface Application {
  readonly database: Database;
  readonly tx: InstitutionTx;
  readonly base: LockedBase;
  readonly counts: PublishedLoad['counts'];
}

async function applyLoad({ database, tx, base, counts }: Application, departedKey: Uint8Array): Promise<number> {
  using gone = bitmapFrom(base.gone);
  if (counts.removedCount > 0) {
    const departed = await collectAbsent(tx, gone, departedKey);
    await insertDepartedTokens(database, tx, chunksOf(departed));
    await deleteAbsent(tx);
  }
  if (counts.updatedCount > 0) await updateCustomers(tx);
  const newCount = counts.insertedCount + counts.returnedCount;
  if (newCount > 0) await insertCustomers(tx);
  if (newCount + counts.updatedCount > 0) await insertIdentifiers(tx);
  if (counts.returnedCount > 0) await deleteReturned(tx);
  await deleteDeadAttributes(tx);
  return await saveCustomerBase(tx, {
    nextOrdinal: base.nextOrdinal + newCount,
    ...(counts.removedCount === 0 ? {} : { gone: bitmapBytes(gone) }),
  });
}

/** @returns COPY rows (token uuid) of who is absent; their ordinals are added to `gone` */
async function collectAbsent(tx: InstitutionTx, gone: Bitmap, departedKey: Uint8Array): Promise<Uint8Array[]> {
  const rows = new CopyRowWriter();
  const chunks: Uint8Array[] = [];
  for await (const { ordinals, coreCustomerIds } of listAbsent(tx)) {
    gone.addMany(ordinals);
    const tokens = cmacBatch(departedKey, packValues(coreCustomerIds));
    for (let index = 0; index < coreCustomerIds.length; index += 1) {
      rows.row(1);
      rows.token(tokens, index);
    }
    chunks.push(rows.take());
  }
  return chunks;
}

async function* chunksOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
