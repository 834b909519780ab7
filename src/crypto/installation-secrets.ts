import { randomBytes } from 'node:crypto';
import type { Database } from '../db/transaction.ts';
import type { Clock } from '../lib/clock.ts';
import {
  deleteRetiredInstallationKey,
  type InstallationKeyRow,
  insertInstallationKey,
  listInstallationKeys,
  lockInstallationKeys,
  retireInstallationKeys,
} from './installation-secret-store.ts';
import { wrappingKey } from './key-changes.ts';
import type { MasterKeys } from './master-key.ts';
import { unwrapSecret, wrapSecret } from './wrapped-secret.ts';

const randomSecretBytes = 32;

/** What a secret of the installation is for: tokens that are signed, cookies that are signed, stored grants. */
export type InstallationPurpose = InstallationKeyRow['purpose'];

export interface InstallationSecret {
  readonly generation: number;
  readonly state: 'active' | 'retired';
  readonly secret: Uint8Array;
  readonly createdAt: Date;
}

/** See the methods of the same purpose on `Keyring`. */
export interface InstallationSecrets {
  list(purpose: InstallationPurpose, make?: () => Promise<Uint8Array>): Promise<readonly InstallationSecret[]>;
  add(purpose: InstallationPurpose, secret: Uint8Array): Promise<InstallationSecret>;
  remove(purpose: InstallationPurpose, generation: number): Promise<boolean>;
  /** @throws StartRefused when the master key does not open all of them */
  check(): Promise<void>;
}

export function createInstallationSecrets(deps: {
  database: Database;
  masterKeys: MasterKeys;
  clock: Clock;
}): InstallationSecrets {
  const { database, masterKeys, clock } = deps;
  const open = async (row: InstallationKeyRow): Promise<InstallationSecret> => ({
    generation: row.generation,
    state: row.state,
    secret: await unwrapSecret(masterKeys, { wrapped: row.wrapped, context: installationKeyContext(row) }),
    createdAt: row.created_at,
  });

  /** @returns the secret that is in use afterwards */
  async function insert(secret: Uint8Array, order: { purpose: InstallationPurpose; onlyFirst: boolean }) {
    const { purpose } = order;
    const row = await database.asOperator(async (tx) => {
      await lockInstallationKeys(tx);
      const newest = (await listInstallationKeys(tx, purpose))[0];
      if (newest !== undefined && order.onlyFirst) return newest;
      const ref = { purpose, generation: (newest?.generation ?? 0) + 1 };
      const wrapped = wrapSecret(await wrappingKey(tx, masterKeys), { secret, context: installationKeyContext(ref) });
      const made: InstallationKeyRow = { ...ref, wrapped, state: 'active', created_at: clock.now() };
      await retireInstallationKeys(tx, purpose);
      await insertInstallationKey(tx, made);
      return made;
    });
    return await open(row);
  }

  return {
    async list(purpose, make = async () => randomBytes(randomSecretBytes)) {
      const rows = await database.asOperator((tx) => listInstallationKeys(tx, purpose));
      if (rows.length > 0) return await Promise.all(rows.map(open));
      // Made before the transaction: a pair of keys takes its time.
      return [await insert(await make(), { purpose, onlyFirst: true })];
    },
    add: (purpose, secret) => insert(secret, { purpose, onlyFirst: false }),
    remove: (purpose, generation) =>
      database.asOperator(async (tx) => {
        await lockInstallationKeys(tx);
        return await deleteRetiredInstallationKey(tx, { purpose, generation });
      }),
    async check() {
      for (const row of await database.asOperator((tx) => listInstallationKeys(tx))) await open(row);
    },
  };
}

export function installationKeyContext({
  purpose,
  generation,
}: Pick<InstallationKeyRow, 'purpose' | 'generation'>): string {
  return JSON.stringify(['installationKey', purpose, generation]);
}
