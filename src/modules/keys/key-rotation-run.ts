import { setTimeout as delay } from 'node:timers/promises';
import { dataKeyUse, indexKeyUse } from '../../crypto/key-changes.ts';
import { lockGenerations } from '../../crypto/key-store.ts';
import type { InstitutionTx, OperatorTx } from '../../db/transaction.ts';
import { dataRotation } from './data-rotation.ts';
import { indexRotation } from './index-rotation.ts';
import {
  advanceRotation,
  lockRunningRotation,
  type RotationChange,
  type RotationRow,
  updateRunningRotation,
} from './key-rotation-store.ts';
import { findBaseFacts, type OrdinalWindow } from './rotation-base-store.ts';
import { rotationDetail } from './rotation-detail.ts';
import type { BegunRotation, RotationDeps, RotationWork } from './rotation-work.ts';

/** A window takes tens of milliseconds, of which a few are the event loop's. */
const windowOrdinals = 1_000;
/** Counting what is left reads much and changes nothing. */
const proofOrdinals = 10_000;
/** Whoever works on a rotation renews its lease with each window. */
export const leaseMs = 2 * 60_000;
const waitMs = 500;
const beforeTheFirst = -1;

export interface RotationControl {
  /** Ends the work between two windows. */
  readonly signal?: AbortSignal | undefined;
  /** After this long the work ends between two windows; the next run goes on. */
  readonly sliceMs?: number | undefined;
  /** Customers at a time; the default takes tens of milliseconds. */
  readonly windowOrdinals?: number | undefined;
  readonly onProgress?: ((progress: { doneCount: number; totalCount: number }) => void) | undefined;
}

export type RunOutcome = 'ended' | 'paused';

interface Run {
  readonly deps: RotationDeps;
  readonly row: RotationRow;
  readonly work: RotationWork;
  readonly control: RotationControl;
  readonly endsAt: number;
}

/**
 * Works on a rotation until it has ended: makes everything anew under the new key while the old one is still read,
 * proves that nothing is left under it, retires it. It may be cut off anywhere and run again, and two may run at once.
 *
 * @returns `paused` when the slice was over
 * @throws the signal's reason when it was aborted
 */
export async function runRotation(
  deps: RotationDeps,
  ref: { institutionId: string; id: string },
  control: RotationControl = {},
): Promise<RunOutcome> {
  const begun = await begin(deps, ref);
  if (begun === undefined) return 'ended';
  const { row, rotation } = begun;
  const work = row.kind === 'data' ? dataRotation(deps, rotation) : indexRotation(deps, rotation);
  const endsAt = Date.now() + (control.sliceMs ?? Number.POSITIVE_INFINITY);
  const run: Run = { deps, row: await withTotal(deps, row, work), work, control, endsAt };
  try {
    return await rotate(run);
  } finally {
    await deps.keyring.saveSealCounts();
  }
}

async function rotate(run: Run): Promise<RunOutcome> {
  let before: Left | undefined;
  for (let after = run.row.position; ; after = beforeTheFirst) {
    const filled = await fillAll(run, after);
    if (filled === 'paused') return 'paused';
    const proof = await prove(run);
    if (proof === 'paused') return 'paused';
    if (proof === 'proven') break;
    const { leftCount, customerVersion } = proof;
    // Nobody has changed the base, and another pass has not helped: it never will.
    const isStuck = before?.customerVersion === customerVersion && leftCount >= before.leftCount;
    if (leftCount > 0 && (filled.unreadableCount > 0 || isStuck)) {
      await end(run, { state: 'failed', failure: 'unreadable', left_count: leftCount });
      return 'ended';
    }
    before = leftCount > 0 ? proof : undefined;
  }
  for await (const window of windows(run, {
    size: run.control.windowOrdinals ?? windowOrdinals,
    after: beforeTheFirst,
  })) {
    if (isOver(run)) return 'paused';
    await run.work.clean(window);
  }
  await run.work.destroy();
  await end(run, { state: 'completed', left_count: 0 });
  return 'ended';
}

/** The new key: the newest that is active beside others, e.g. of a rotation that failed; else one is made. */
async function begin(
  deps: RotationDeps,
  ref: { institutionId: string; id: string },
): Promise<{ row: RotationRow; rotation: BegunRotation } | undefined> {
  const begun = await deps.database.asOperator(async (tx) => {
    const row = await lockRunningRotation(tx, ref);
    if (row === undefined) return undefined;
    const toGeneration = row.to_generation ?? (await newKey(deps, tx, row));
    const change = { to_generation: toGeneration, lease_until: leaseFrom(deps) };
    const current = (await updateRunningRotation(tx, ref, change)) ?? row;
    const active = (await lockGenerations(tx, ref.institutionId, useOf(row))).filter(({ state }) => state === 'active');
    const fromGenerations = active
      .map(({ generation }) => generation)
      .filter((generation) => generation < toGeneration);
    return {
      row: current,
      rotation: { ...ref, identifierType: row.identifier_type, toGeneration, fromGenerations },
    };
  });
  deps.keyring.forget(ref.institutionId);
  return begun;
}

async function newKey(deps: RotationDeps, tx: OperatorTx, row: RotationRow): Promise<number> {
  const institutionId = row.institution_id;
  const active = (await lockGenerations(tx, institutionId, useOf(row))).filter(({ state }) => state === 'active');
  const newest = active.at(-1);
  if (newest !== undefined && active.length > 1) return newest.generation;
  if (row.kind === 'data') return await deps.keyring.addDataKeyGeneration(tx, institutionId);
  return await deps.keyring.addIndexKeyGeneration(tx, { institutionId, identifierType: row.identifier_type });
}

async function withTotal(deps: RotationDeps, row: RotationRow, work: RotationWork): Promise<RotationRow> {
  if (row.total_count !== null) return row;
  const total = await work.countTotal();
  const ref = { institutionId: row.institution_id, id: row.id };
  return (
    (await deps.database.inInstitution(row.institution_id, (tx) =>
      updateRunningRotation(tx, ref, { total_count: total }),
    )) ?? row
  );
}

async function fillAll(run: Run, after: number): Promise<{ unreadableCount: number } | 'paused'> {
  let unreadableCount = 0;
  for await (const window of windows(run, { size: run.control.windowOrdinals ?? windowOrdinals, after })) {
    if (isOver(run)) return 'paused';
    const filled = await run.work.fill(window, (tx, { doneCount }) => advance(run, tx, { doneCount, window }));
    unreadableCount += filled.unreadableCount;
  }
  await run.work.fillOthers();
  return { unreadableCount };
}

async function advance(
  { deps, row, control }: Run,
  tx: InstitutionTx,
  { doneCount, window }: { doneCount: number; window: OrdinalWindow },
): Promise<void> {
  const step = { doneCount, position: window.to, leaseUntil: leaseFrom(deps) };
  const saved = await advanceRotation(tx, row.id, step);
  if (saved === undefined) return;
  control.onProgress?.({ doneCount: saved.done_count, totalCount: saved.total_count ?? saved.done_count });
}

/** How many customers are under an old key only, at a version of the base. */
interface Left {
  readonly leftCount: number;
  readonly customerVersion: number;
}

/** Looks at every customer at one version of the base, then retires the old keys if that is still the present one. */
async function prove(run: Run): Promise<'proven' | 'paused' | Left> {
  const { deps, row, work } = run;
  const { customerVersion } = await deps.database.inInstitution(row.institution_id, (tx) =>
    findBaseFacts(tx, row.institution_id, { hold: false }),
  );
  let leftCount = 0;
  for await (const window of windows(run, { size: proofOrdinals, after: beforeTheFirst })) {
    if (isOver(run)) return 'paused';
    leftCount += await work.countLeft(window);
  }
  if (leftCount > 0) return { leftCount, customerVersion };
  for (;;) {
    const outcome = await work.retire(customerVersion);
    if (outcome === 'retired') return 'proven';
    if (outcome === 'moved') return { leftCount: 0, customerVersion };
    if (isOver(run)) return 'paused';
    await renewLease(run);
    await delay(waitMs);
  }
}

/** Runs of ordinals up to the end of the base. @throws the signal's reason */
async function* windows(run: Run, { size, after }: { size: number; after: number }): AsyncGenerator<OrdinalWindow> {
  const { nextOrdinal } = await run.deps.database.inInstitution(run.row.institution_id, (tx) =>
    findBaseFacts(tx, run.row.institution_id, { hold: false }),
  );
  for (let from = after; from < nextOrdinal - 1; from += size) {
    run.control.signal?.throwIfAborted();
    yield { from, to: Math.min(from + size, nextOrdinal - 1) };
  }
}

function isOver({ endsAt }: Run): boolean {
  return Date.now() > endsAt;
}

async function renewLease({ deps, row }: Run): Promise<void> {
  await deps.database.inInstitution(row.institution_id, (tx) =>
    updateRunningRotation(tx, { institutionId: row.institution_id, id: row.id }, { lease_until: leaseFrom(deps) }),
  );
}

export function leaseFrom({ clock }: Pick<RotationDeps, 'clock'>): Date {
  return new Date(clock.now().getTime() + leaseMs);
}

/** Of two that work on it, one ends it. */
async function end({ deps, row }: Run, change: RotationChange): Promise<void> {
  await endRotation(deps, row, change);
}

export async function endRotation(deps: RotationDeps, row: RotationRow, change: RotationChange): Promise<void> {
  const ref = { institutionId: row.institution_id, id: row.id };
  await deps.database.inInstitution(row.institution_id, async (tx) => {
    const at = deps.clock.now();
    const ended = await updateRunningRotation(tx, ref, { ...change, finished_at: at });
    if (ended === undefined) return;
    await deps.audit.append(tx, {
      at,
      actor: { kind: row.created_by_kind, principalId: row.created_by },
      operation: 'rotateKey',
      resource: row.id,
      outcome: ended.state === 'completed' ? 'done' : 'refused',
      detail: rotationDetail(ended),
    });
  });
}

function useOf(row: RotationRow) {
  return row.kind === 'data' ? dataKeyUse : indexKeyUse(row.identifier_type);
}
