import { EnvelopeError, openEnvelope, sealEnvelope } from '../../crypto/envelope.ts';
import { openEnvelopes } from '../../crypto/envelope-batch.ts';
import { dataKeyUse } from '../../crypto/key-changes.ts';
import { lockGenerations, retireGeneration } from '../../crypto/key-store.ts';
import type { InstitutionKeys } from '../../crypto/keyring.ts';
import { valueAt } from '../../crypto/packed-values.ts';
import { idempotencyContext } from '../commands/index.ts';
import { type EnvelopeName, envelopeContext } from '../customers/index.ts';
import { stagePartContext } from '../imports/index.ts';
import { totpContext } from '../people/index.ts';
import {
  countStaleCustomers,
  listStaleCustomers,
  listStaleOthers,
  type OtherSealed,
  type OtherSealedRow,
  otherSealed,
  type ResealedCustomer,
  type SealedCustomerRow,
  updateCustomerEnvelopes,
  updateOtherSealed,
} from './data-rotation-store.ts';
import { findBaseFacts } from './rotation-base-store.ts';
import { type BegunRotation, bulkLane, type RotationDeps, type RotationWork } from './rotation-work.ts';

/** Parts of a staged list have megabytes. */
const othersPerBatch = 8;
const envelopesPerCustomer = 2;

/** Seals everything of an institution under its newest data key. */
export function dataRotation(deps: RotationDeps, rotation: BegunRotation): RotationWork {
  const { database, keyring } = deps;
  const { institutionId, toGeneration } = rotation;
  return {
    countTotal: () => database.inInstitution(institutionId, (tx) => countStaleCustomers(tx, toGeneration), bulkLane),
    async fill(window, saved) {
      const rows = await database.inInstitution(
        institutionId,
        (tx) => listStaleCustomers(tx, toGeneration, window),
        bulkLane,
      );
      const resealed = await keyring.opening(institutionId, (keys) => resealCustomers(keys, toGeneration, rows));
      keyring.countSeals(institutionId, toGeneration, resealed.length * envelopesPerCustomer);
      const unreadableCount = rows.length - resealed.length;
      return await database.inInstitution(
        institutionId,
        async (tx) => {
          // A load that publishes has changed rows that this would wait for, in another order.
          await findBaseFacts(tx, institutionId, { hold: true });
          const filled = { doneCount: await updateCustomerEnvelopes(tx, resealed), unreadableCount };
          await saved(tx, filled);
          return filled;
        },
        bulkLane,
      );
    },
    async fillOthers() {
      for (const kind of otherSealed) await resealOthers(deps, rotation, kind);
    },
    countLeft: (window) =>
      database.inInstitution(institutionId, (tx) => countStaleCustomers(tx, toGeneration, window), bulkLane),
    retire: (customerVersion) => retireDataKeys(deps, rotation, customerVersion),
    // What was opened before the end may still be read: maintenance destroys the old keys after a day.
    clean: async () => {},
    destroy: async () => {},
  };
}

/** Those that open. The damaged ones stay as they are, and the rotation says how many they are. */
function resealCustomers(
  keys: InstitutionKeys,
  toGeneration: number,
  rows: readonly SealedCustomerRow[],
): ResealedCustomer[] {
  const profiles = resealColumn(keys, toGeneration, rows, 'profile');
  const identifiers = resealColumn(keys, toGeneration, rows, 'identifiers');
  return rows.flatMap((old, index) => {
    const [profile, sealedIdentifiers] = [profiles[index], identifiers[index]];
    if (profile === undefined || sealedIdentifiers === undefined) return [];
    return [{ old, profile, identifiers: sealedIdentifiers }];
  });
}

function resealColumn(
  keys: InstitutionKeys,
  toGeneration: number,
  rows: readonly SealedCustomerRow[],
  name: EnvelopeName,
): (Buffer | undefined)[] {
  const { institutionId } = keys;
  const envelopes = rows.map((row) => ({
    sealed: row[name],
    associatedData: envelopeContext({ institutionId, coreCustomerId: row.coreCustomerId }, name),
  }));
  const key = { key: keys.dataKeyOf(toGeneration), generation: toGeneration };
  const keyOf = (generation: number) => keys.dataKeyOf(generation);
  const reseal = (plaintext: Uint8Array, associatedData: Buffer) => sealEnvelope({ ...key, plaintext, associatedData });
  const opened = unlessDamaged(() =>
    openEnvelopes({
      keyOf,
      sealed: envelopes.map(({ sealed }) => sealed),
      contexts: envelopes.map(({ associatedData }) => associatedData.toString()),
    }),
  );
  if (opened !== undefined) {
    return envelopes.map(({ associatedData }, index) => reseal(valueAt(opened, index), associatedData));
  }
  return envelopes.map(({ sealed, associatedData }) => {
    const plaintext = unlessDamaged(() => openEnvelope({ keyOf, sealed, associatedData }));
    return plaintext === undefined ? undefined : reseal(plaintext, associatedData);
  });
}

/** @throws EnvelopeError for a key that is unknown here: with keys read anew it may open */
export function unlessDamaged<T>(open: () => T): T | undefined {
  try {
    return open();
  } catch (error) {
    if (error instanceof EnvelopeError && error.cause === undefined) return undefined;
    throw error;
  }
}

async function resealOthers(
  { database, keyring }: RotationDeps,
  { institutionId, toGeneration }: BegunRotation,
  kind: OtherSealed,
): Promise<void> {
  for (;;) {
    const rows = await database.inInstitution(
      institutionId,
      (tx) => listStaleOthers(tx, kind, { institutionId, generation: toGeneration, limit: othersPerBatch }),
      bulkLane,
    );
    if (rows.length === 0) return;
    const resealed = await keyring.opening(institutionId, (keys) =>
      rows.map((row) => {
        const associatedData = contextOf(institutionId, kind, row);
        const keyOf = (generation: number) => keys.dataKeyOf(generation);
        const plaintext = openEnvelope({ keyOf, sealed: row.sealed, associatedData });
        const key = { key: keys.dataKeyOf(toGeneration), generation: toGeneration };
        return { row, sealed: sealEnvelope({ ...key, plaintext, associatedData }) };
      }),
    );
    keyring.countSeals(institutionId, toGeneration, resealed.length);
    await database.inInstitution(
      institutionId,
      async (tx) => {
        for (const one of resealed) await updateOtherSealed(tx, kind, one);
      },
      bulkLane,
    );
  }
}

function contextOf(institutionId: string, kind: OtherSealed, { ids }: OtherSealedRow): Buffer {
  const [first = '', second = ''] = ids;
  if (kind === 'totpSecret') return totpContext({ institutionId, personId: first });
  if (kind === 'reply') return idempotencyContext({ institutionId, principalId: first, key: second });
  return stagePartContext({ institutionId, importId: first, part: Number(second) });
}

/**
 * Nothing of the base is under an old key, at a version that must be the present one. Under a lock that waits for
 * whoever seals: neither is anything else; then nobody seals with an old key any more.
 */
async function retireDataKeys(
  deps: RotationDeps,
  { institutionId, toGeneration }: BegunRotation,
  customerVersion: number,
): Promise<'retired' | 'moved'> {
  const outcome = await deps.database.asOperator(async (tx) => {
    const base = await findBaseFacts(tx, institutionId, { hold: true });
    if (base.customerVersion !== customerVersion) return 'moved';
    const keys = await lockGenerations(tx, institutionId, dataKeyUse);
    for (const kind of otherSealed) {
      const left = await listStaleOthers(tx, kind, { institutionId, generation: toGeneration, limit: 1 });
      if (left.length > 0) return 'moved';
    }
    for (const { generation, state } of keys) {
      if (state !== 'active' || generation >= toGeneration) continue;
      await retireGeneration(tx, { ...dataKeyUse, institutionId, generation }, deps.clock.now());
    }
    return 'retired';
  }, bulkLane);
  deps.keyring.forget(institutionId);
  return outcome;
}
