import type { Keyring } from '../../crypto/keyring.ts';
import type { Database, InstitutionTx } from '../../db/transaction.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Audit } from '../audit/index.ts';
import type { OrdinalWindow } from './rotation-base-store.ts';

export interface RotationDeps {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly audit: Audit;
}

/** A rotation that has its new key. */
export interface BegunRotation {
  readonly institutionId: string;
  readonly id: string;
  readonly identifierType: number;
  /** The key that stays. */
  readonly toGeneration: number;
  /** The active keys before it, oldest first; none when the old ones are retired already. */
  readonly fromGenerations: readonly number[];
}

/** What became of a window of ordinals. */
export interface FilledWindow {
  /** Customers that were made anew. */
  readonly doneCount: number;
  /** Customers that cannot be: an envelope does not open, or holds other values than the index has tokens of. */
  readonly unreadableCount: number;
}

export type SaveFilled = (tx: InstitutionTx, filled: FilledWindow) => Promise<void>;

/** The steps that differ between a rotation of the data key and one of an index key. */
export interface RotationWork {
  /** How many customers have to be made anew. */
  countTotal(): Promise<number>;
  /** Makes a window anew; `saved` runs in the transaction that stores it. */
  fill(window: OrdinalWindow, saved: SaveFilled): Promise<FilledWindow>;
  /** Makes anew what belongs to no customer. */
  fillOthers(): Promise<void>;
  /** How many customers of the window are still under an old key only. */
  countLeft(window: OrdinalWindow): Promise<number>;
  /**
   * Retires the old keys, after every window was seen without one left at this version of the base.
   *
   * @returns `moved` when something has changed since: look again. `waiting`: accepted imports need the old key.
   */
  retire(customerVersion: number): Promise<'retired' | 'moved' | 'waiting'>;
  /** What is of no use once the old keys are retired. */
  clean(window: OrdinalWindow): Promise<void>;
  /** The end of the old keys. */
  destroy(): Promise<void>;
}

/** Imports and loads come first: rotations use the lane of bulk work and wait for a load that publishes. */
export const bulkLane = { lane: 'bulk', lockTimeoutMs: 120_000 } as const;
