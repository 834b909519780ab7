import type { Logger } from 'pino';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Jobs } from '../../jobs/jobs.ts';
import { createRounds } from '../../lib/rounds.ts';
import { deleteRetiredDataKeys, listWornKeys } from './key-list-store.ts';
import { endRotation, runRotation } from './key-rotation-run.ts';
import { jobOf, rotationQueue } from './key-rotation-service.ts';
import { findRotation, listAbandonedRotations } from './key-rotation-store.ts';
import { sealsUntilDue } from './key-rotation-view.ts';
import type { RotationDeps } from './rotation-work.ts';

const jobSchema = Type.Object({ institutionId: Type.String(), rotationId: Type.String() });

/** No job may run for an hour; the rest is done by the next one. */
const sliceMs = 10 * 60_000;
/** How often the process looks for rotations whose process has died, and writes down what keys have sealed. */
const everyMs = 5 * 60_000;
/** Whatever was read before the end of a rotation is opened long before; stored answers live as long. */
const retiredKeptMs = 24 * 60 * 60_000;

export interface KeyJobDeps extends RotationDeps {
  readonly jobs: Jobs;
  readonly logger: Logger;
}

/** Registers the job that works on rotations. */
export function workKeyRotations(deps: KeyJobDeps): void {
  deps.jobs.work(rotationQueue, async (data, { signal, isLastTry }) => {
    if (!Value.Check(jobSchema, data)) return;
    const { institutionId, rotationId } = data;
    const ref = { institutionId, id: rotationId };
    try {
      if ((await runRotation(deps, ref, { signal, sliceMs })) === 'ended') return;
    } catch (error) {
      if (isLastTry && !signal.aborted) await giveUp(deps, ref);
      throw error;
    }
    await deps.database.inInstitution(institutionId, (tx) =>
      deps.jobs.enqueue(tx, rotationQueue, data, { singletonKey: rotationId }),
    );
  });
}

async function giveUp(deps: KeyJobDeps, ref: { institutionId: string; id: string }): Promise<void> {
  const row = await deps.database.inInstitution(ref.institutionId, (tx) => findRotation(tx, ref.id));
  if (row !== undefined) await endRotation(deps, row, { state: 'failed', failure: 'unexpected' });
}

export interface KeyUpkeep {
  /** Now, and every few minutes. */
  start(): void;
  /** Ends the rounds, waits for the one that runs, and writes down what was counted. */
  stop(): Promise<void>;
  /** One round. */
  run(): Promise<void>;
}

/**
 * What keys need besides rotations: those whose process has died are taken up, counts of seals are written down,
 * retired data keys are destroyed after a day, and the log says which key should be rotated.
 */
export function createKeyUpkeep(deps: KeyJobDeps): KeyUpkeep {
  const run = async () => {
    const now = deps.clock.now();
    await deps.keyring.saveSealCounts();
    const found = await deps.database.asOperator(async (tx) => ({
      abandoned: await listAbandonedRotations(tx, now),
      worn: await listWornKeys(tx, sealsUntilDue),
      destroyed: await deleteRetiredDataKeys(tx, new Date(now.getTime() - retiredKeptMs)),
    }));
    for (const row of found.abandoned) {
      await deps.database.inInstitution(row.institution_id, (tx) =>
        deps.jobs.enqueue(tx, rotationQueue, jobOf(row), { singletonKey: row.id }),
      );
    }
    if (found.destroyed > 0) deps.logger.info({ keys: found.destroyed }, 'retired data keys have been destroyed');
    for (const { institutionId, sealCount } of found.worn) {
      deps.logger.warn({ institution: institutionId, sealCount }, 'the data key should be rotated');
    }
  };
  const onFailure = (error: unknown) =>
    deps.logger.error({ error: error instanceof Error ? error.name : 'unknown error' }, 'upkeep of keys failed');
  const rounds = createRounds({ everyMs, run, onFailure });
  return {
    run,
    start: rounds.start,
    async stop() {
      await rounds.stop();
      try {
        await deps.keyring.saveSealCounts();
      } catch {
        // A few counts less are nothing beside the limit.
      }
    },
  };
}
