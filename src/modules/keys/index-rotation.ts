import { indexKeyUse } from '../../crypto/key-changes.ts';
import { deleteRetiredGenerations, lockGenerations, retireGeneration } from '../../crypto/key-store.ts';
import type { InstitutionKeys } from '../../crypto/keyring.ts';
import { packValues } from '../../crypto/packed-values.ts';
import { type IndexedType, indexedTypes, openIdentifiers, openProfiles } from '../customers/index.ts';
import { identifierTypeCode, tokenize } from '../identifiers/index.ts';
import { unlessDamaged } from './data-rotation.ts';
import {
  countIndexedCustomers,
  countUnfilledCustomers,
  deleteOtherTokens,
  type IndexGenerations,
  insertTokens,
  listUnfilledCustomers,
  type UnfilledCustomer,
} from './index-rotation-store.ts';
import { countStagedImports, findBaseFacts, type OrdinalWindow } from './rotation-base-store.ts';
import {
  type BegunRotation,
  bulkLane,
  type FilledWindow,
  type RotationDeps,
  type RotationWork,
  type SaveFilled,
} from './rotation-work.ts';

const tokenDigits = 32;
/** An accepted import that has not been matched after this long will not be. */
const stagedImportMs = 60 * 60_000;

/** Gives every customer tokens of the newest index key of a type, from what its envelopes hold. */
export function indexRotation(deps: RotationDeps, rotation: BegunRotation): RotationWork {
  const { database, keyring } = deps;
  const { institutionId, identifierType, toGeneration, fromGenerations } = rotation;
  const type = typeOf(identifierType);
  const [oldest] = fromGenerations;
  // Every load writes the oldest active key, so that is complete. Without one the new key is what is left.
  const generations = { identifierType, from: oldest ?? toGeneration, to: toGeneration };
  return {
    countTotal: async () =>
      oldest === undefined
        ? 0
        : await database.inInstitution(
            institutionId,
            (tx) => countIndexedCustomers(tx, { identifierType, generation: oldest }),
            bulkLane,
          ),
    fill: (window, saved) => fillWindow(deps, { institutionId, type, generations }, { window, saved }),
    fillOthers: async () => {},
    countLeft: async (window) =>
      generations === undefined
        ? 0
        : await database.inInstitution(
            institutionId,
            (tx) => countUnfilledCustomers(tx, generations, window),
            bulkLane,
          ),
    retire: (customerVersion) => retireIndexKeys(deps, rotation, customerVersion),
    async clean(window) {
      await database.inInstitution(
        institutionId,
        async (tx) => {
          await findBaseFacts(tx, institutionId, { hold: true });
          await deleteOtherTokens(tx, { identifierType, generation: toGeneration }, window);
        },
        bulkLane,
      );
    },
    async destroy() {
      await database.asOperator((tx) => deleteRetiredGenerations(tx, institutionId, indexKeyUse(identifierType)));
      keyring.forget(institutionId);
    },
  };
}

/** Gives the customers of a window their tokens, unless the base changes meanwhile: the next pass sees them again. */
async function fillWindow(
  { database, keyring }: RotationDeps,
  of: { institutionId: string; type: IndexedType; generations: IndexGenerations },
  { window, saved }: { window: OrdinalWindow; saved: SaveFilled },
): Promise<FilledWindow> {
  const { institutionId, type, generations } = of;
  const envelope = type === 'emailAddress' || type === 'phoneNumber' ? 'profile' : 'identifiers';
  const { rows, base } = await database.inInstitution(
    institutionId,
    async (tx) => ({
      base: await findBaseFacts(tx, institutionId, { hold: false }),
      rows: await listUnfilledCustomers(tx, generations, { window, envelope }),
    }),
    // Customers, and the version of the base that they are of.
    { ...bulkLane, isolation: 'repeatable read' },
  );
  const toGeneration = generations.to;
  const tokens = await keyring.opening(institutionId, (keys) => tokensOf(keys, { type, toGeneration }, rows));
  const { unreadableCount } = tokens;
  return await database.inInstitution(
    institutionId,
    async (tx) => {
      const { customerVersion } = await findBaseFacts(tx, institutionId, { hold: true });
      const isPresent = customerVersion === base.customerVersion;
      const key = { identifierType: generations.identifierType, generation: toGeneration };
      if (isPresent) await insertTokens(tx, key, tokens);
      const filled = { doneCount: isPresent ? rows.length - unreadableCount : 0, unreadableCount };
      await saved(tx, filled);
      return filled;
    },
    bulkLane,
  );
}

interface Tokens {
  readonly ordinals: number[];
  readonly tokens: string[];
  readonly unreadableCount: number;
}

/** The tokens of customers under the new key; of those who cannot be read, none. */
function tokensOf(
  keys: InstitutionKeys,
  { type, toGeneration }: { type: IndexedType; toGeneration: number },
  rows: readonly UnfilledCustomer[],
): Tokens {
  const key = keys.indexKeys(identifierTypeCode(type)).find(({ generation }) => generation === toGeneration)?.key;
  if (key === undefined) throw new Error(`there is no index key ${toGeneration} of ${type}`);
  const read = rows.map((row) => ({ row, values: valuesOf(keys, type, row) }));
  const readable = read.filter(({ row, values }) => values.length === row.tokenCount);
  const ordinals = readable.flatMap(({ row, values }) => values.map(() => row.ordinal));
  const hex = Buffer.from(tokenize(type, key, packValues(readable.flatMap(({ values }) => values)))).toString('hex');
  return {
    ordinals,
    tokens: ordinals.map((_ordinal, index) => hex.slice(index * tokenDigits, (index + 1) * tokenDigits)),
    unreadableCount: rows.length - readable.length,
  };
}

/** What a load indexes of a customer under the type; nothing when its envelope is damaged. */
function valuesOf(keys: InstitutionKeys, type: IndexedType, row: UnfilledCustomer): readonly string[] {
  if (type === 'emailAddress' || type === 'phoneNumber') {
    const [profile] = unlessDamaged(() => openProfiles(keys, [row])) ?? [];
    return present(profile?.[type]);
  }
  const [identifiers] = unlessDamaged(() => openIdentifiers(keys, [row])) ?? [];
  return type === 'accountNumber' ? (identifiers?.accountNumbers ?? []) : present(identifiers?.[type]);
}

function present(value: string | null | undefined): readonly string[] {
  return value === null || value === undefined ? [] : [value];
}

function typeOf(code: number): IndexedType {
  const type = indexedTypes.find((name) => identifierTypeCode(name) === code);
  if (type === undefined) throw new Error(`identifier type ${code} has no index key`);
  return type;
}

/**
 * Every customer has as many tokens under the new key as under the oldest, at a version of the base that must be the
 * present one. The lock on the keys waits for the imports that match with them.
 */
async function retireIndexKeys(
  deps: RotationDeps,
  rotation: BegunRotation,
  customerVersion: number,
): Promise<'retired' | 'moved' | 'waiting'> {
  const { institutionId, identifierType, toGeneration } = rotation;
  const now = deps.clock.now();
  const staged = await deps.database.inInstitution(institutionId, (tx) =>
    countStagedImports(tx, {
      identifierType: typeOf(identifierType),
      toGeneration,
      acceptedAfter: new Date(now.getTime() - stagedImportMs),
    }),
  );
  if (staged > 0) return 'waiting';
  const use = indexKeyUse(identifierType);
  const outcome = await deps.database.asOperator(async (tx) => {
    const base = await findBaseFacts(tx, institutionId, { hold: true });
    if (base.customerVersion !== customerVersion) return 'moved';
    for (const { generation, state } of await lockGenerations(tx, institutionId, use)) {
      if (state !== 'active' || generation >= toGeneration) continue;
      await retireGeneration(tx, { ...use, institutionId, generation }, now);
    }
    return 'retired';
  }, bulkLane);
  deps.keyring.forget(institutionId);
  return outcome;
}
