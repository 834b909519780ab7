import type { Database } from '../../db/transaction.ts';
import type { Jobs } from '../../jobs/jobs.ts';
import { randomId } from '../../lib/id.ts';
import { Problem } from '../../lib/problem.ts';
import type { Principal } from '../access/index.ts';
import { operatorActor } from '../audit/index.ts';
import { type CommandContext, type CommandReply, runCommand } from '../commands/index.ts';
import type { IndexedType } from '../customers/index.ts';
import { identifierTypeCode } from '../identifiers/index.ts';
import { listKeys } from './key-list-store.ts';
import { leaseFrom, type RotationControl, runRotation } from './key-rotation-run.ts';
import type { KeyList, KeyRotation, NewRotation } from './key-rotation-schemas.ts';
import {
  findRotation,
  findRunningRotation,
  insertRotation,
  listRotations,
  type RotationFilter,
  type RotationRow,
} from './key-rotation-store.ts';
import { keyItem, rotationBody } from './key-rotation-view.ts';
import { rotationDetail } from './rotation-detail.ts';
import type { RotationDeps } from './rotation-work.ts';

export const rotationQueue = 'rotate-key';

/**
 * Starts a rotation of the institution's data key, or of the index key of a type: 202, and a job does it.
 *
 * @throws Problem `badRequest` without the type of an index key; `conflict` while another of the kind runs
 */
export async function startRotation(
  deps: RotationDeps & { jobs: Jobs },
  context: CommandContext,
  order: NewRotation,
): Promise<CommandReply> {
  const { principal } = context;
  const of = { kind: order.kind, identifier_type: typeCodeOf(order) };
  const reply = await runCommand(deps, context, async (tx) => {
    const made = { id: randomId(), created_at: deps.clock.now(), lease_until: leaseFrom(deps) };
    const row = await insertRotation(tx, {
      ...of,
      ...made,
      created_by: principal.id,
      created_by_kind: principal.kind,
    });
    if (row === undefined) {
      const running = await findRunningRotation(tx, of);
      throw new Problem('conflict', {
        detail: 'A rotation of this key runs already.',
        ...(running === undefined ? {} : { attributes: { keyRotationId: running.id } }),
      });
    }
    await deps.jobs.enqueue(tx, rotationQueue, jobOf(row), { singletonKey: row.id });
    return {
      reply: { status: 202, headers: { Location: `/service/keyRotations/${row.id}` }, body: rotationBody(row) },
      audit: { resource: row.id, detail: rotationDetail(row) },
    };
  });
  if (!context.dryRun) deps.jobs.wake(rotationQueue);
  return reply;
}

export function jobOf(row: RotationRow): { institutionId: string; rotationId: string } {
  return { institutionId: row.institution_id, rotationId: row.id };
}

function typeCodeOf({ kind, identifierType }: NewRotation): number {
  if ((kind === 'index') !== (identifierType !== undefined)) {
    throw new Problem('badRequest', { detail: 'A rotation of an index key names its identifierType, no other does.' });
  }
  return identifierType === undefined ? 0 : identifierTypeCode(identifierType);
}

/** @throws Problem `notFound`, also for a rotation of another institution */
export async function getRotation(
  deps: { database: Database },
  principal: Principal,
  id: string,
): Promise<KeyRotation> {
  const row = await deps.database.inInstitution(principal.institutionId, (tx) => findRotation(tx, id));
  if (row === undefined) throw new Problem('notFound', { detail: 'There is no key rotation with this id.' });
  return rotationBody(row);
}

export async function getRotations(
  deps: { database: Database },
  principal: Principal,
  filter: RotationFilter,
  page: { after: { createdAt: Date; id: string } | undefined; limit: number },
): Promise<{ items: KeyRotation[]; count: number; last: RotationRow | undefined }> {
  return await deps.database.inInstitution(principal.institutionId, async (tx) => {
    // One more than asked for tells whether there is another page.
    const { rows, count } = await listRotations(tx, filter, { ...page, limit: page.limit + 1 });
    const shown = rows.slice(0, page.limit);
    return { items: shown.map(rotationBody), count, last: rows.length > page.limit ? shown.at(-1) : undefined };
  });
}

export async function getKeys(deps: { database: Database }, principal: Principal): Promise<KeyList> {
  const rows = await deps.database.inInstitution(principal.institutionId, listKeys);
  return { items: rows.map(keyItem), count: rows.length };
}

/**
 * The operator's rotation: starts one, or takes up the one that runs, and works on it to its end.
 *
 * @returns the rotation as it ended
 */
export async function rotateByOperator(
  deps: RotationDeps,
  order: { institutionId: string; kind: 'data' | 'index'; identifierType?: IndexedType | undefined },
  control: RotationControl = {},
): Promise<KeyRotation> {
  const { institutionId, kind } = order;
  const of = {
    kind,
    identifier_type: order.identifierType === undefined ? 0 : identifierTypeCode(order.identifierType),
  };
  const { kind: createdByKind, principalId } = operatorActor;
  const { id } = await deps.database.inInstitution(institutionId, async (tx) => {
    const at = deps.clock.now();
    const row = await insertRotation(tx, {
      ...of,
      id: randomId(),
      created_at: at,
      created_by: principalId,
      created_by_kind: createdByKind,
      lease_until: leaseFrom(deps),
    });
    if (row !== undefined) {
      const entry = { operation: 'createKeyRotation', resource: row.id, outcome: 'done' } as const;
      await deps.audit.append(tx, { at, actor: operatorActor, ...entry, detail: rotationDetail(row) });
      return row;
    }
    const running = await findRunningRotation(tx, of);
    if (running === undefined) throw new Problem('conflict', { detail: 'Another rotation has just ended. Try again.' });
    return running;
  });
  await runRotation(deps, { institutionId, id }, control);
  const ended = await deps.database.inInstitution(institutionId, (tx) => findRotation(tx, id));
  if (ended === undefined) throw new Error(`key rotation ${id} is gone`);
  return rotationBody(ended);
}
