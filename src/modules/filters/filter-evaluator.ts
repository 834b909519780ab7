import type { Database, InstitutionTx } from '../../db/transaction.ts';
import { Problem } from '../../lib/problem.ts';
import type { Clause } from './engine/clause.ts';
import { type ColumnName, isTextColumn } from './engine/column-names.ts';
import type { BaseRef, Evaluated, Lacking, MembersRef } from './engine/filter-protocol.ts';
import { createFilterThread, type FilterMemory, type FilterThread } from './engine/filter-thread.ts';
import { findFilterBase, listNumbers, listTexts, prepareColumns, tableOf } from './filter-column-store.ts';

export interface FilterQuestion {
  readonly clauses: readonly Clause[];
  /** The version meant of each audience that the clauses ask about. */
  readonly audiences: readonly MembersRef[];
  readonly wantsMembers: boolean;
  /** The ordinal of a customer of whom it is wanted which clauses they match. */
  readonly explained?: number;
  /** Portable Roaring bytes of one version's members. */
  readonly readMembers: (tx: InstitutionTx, ref: MembersRef) => Promise<Uint8Array>;
}

export interface FilterAnswer extends Evaluated {
  /** The state of the base that the answer is true of. */
  readonly customerVersion: number;
  readonly factsVersion: number;
}

/** Judges clauses over the customer base. */
export interface FilterEvaluator {
  /** @throws Problem `serviceUnavailable` when memory is too short for the columns, or loads come too often */
  evaluate(institutionId: string, question: FilterQuestion): Promise<FilterAnswer>;
  close(): Promise<void>;
}

/** How often one question brings what is lacking: again when a load comes in between, or when memory is short. */
const bringsMax = 5;

export function createFilterEvaluator(deps: { database: Database; memory: FilterMemory }): FilterEvaluator {
  const { database } = deps;
  const thread = createFilterThread(deps.memory);
  const bringing = new Map<string, Promise<void>>();

  const bringAlone = async (institutionId: string, lacking: Lacking, question: FilterQuestion): Promise<void> => {
    const bringsIn = bring({ database, thread, institutionId }, lacking, question);
    bringing.set(institutionId, bringsIn);
    await bringsIn.finally(() => bringing.delete(institutionId));
  };

  return {
    async evaluate(institutionId, question) {
      for (let brings = 0; ; ) {
        const base = await database.inInstitution(institutionId, findFilterBase);
        const { clauses, audiences, wantsMembers, explained } = question;
        const reply = await thread.evaluate({ base, clauses, audiences, wantsMembers, explained });
        if ('evaluated' in reply) {
          return { ...reply.evaluated, customerVersion: base.customerVersion, factsVersion: base.factsVersion };
        }
        const running = bringing.get(institutionId);
        if (running !== undefined) {
          // One at a time for an institution: who comes meanwhile most often lacks the same. A failure is told to
          // whoever began it.
          await running.catch(() => undefined);
          continue;
        }
        if (brings === bringsMax) throw noRoom();
        brings += 1;
        await bringAlone(institutionId, reply.lacking, question);
      }
    },
    close: () => thread.close(),
  };
}

function noRoom(): Problem {
  return new Problem('serviceUnavailable', {
    detail: 'The columns that these filters read do not stay in memory. Try again later, or with fewer filters.',
    headers: { 'Retry-After': '30' },
  });
}

/** Reads what the thread lacks from one snapshot and hands it over as it comes. */
async function bring(
  { database, thread, institutionId }: { database: Database; thread: FilterThread; institutionId: string },
  lacking: Lacking,
  question: FilterQuestion,
): Promise<void> {
  await database.inInstitution(
    institutionId,
    async (tx) => {
      for (const ref of lacking.audiences) {
        const members = await question.readMembers(tx, ref);
        thread.give({ kind: 'members', institutionId, ref, members });
      }
      if (lacking.columns.length === 0) return;
      const base = await findFilterBase(tx);
      await bringColumns(thread, tx, { base, columns: lacking.columns });
    },
    { isolation: 'repeatable read', lane: 'bulk' },
  );
}

async function bringColumns(
  thread: FilterThread,
  tx: InstitutionTx,
  { base, columns }: { base: BaseRef; columns: readonly ColumnName[] },
): Promise<void> {
  await prepareColumns(tx);
  const load = thread.nextLoad();
  let brought: readonly ColumnName[] = [];
  thread.give({ kind: 'begin', load, base });
  try {
    const numbers = columns.filter((column) => !isTextColumn(column));
    for (const [table, group] of Map.groupBy(numbers, tableOf)) {
      for await (const records of listNumbers(tx, table, group)) {
        thread.give({ kind: 'numbers', load, columns: group, records }, records);
      }
    }
    for (const column of columns.filter(isTextColumn)) {
      for await (const { text, ordinals } of listTexts(tx, column)) {
        thread.give({ kind: 'text', load, column, text, ordinals }, ordinals);
      }
    }
    brought = columns;
  } finally {
    // After a failure the pieces are dropped.
    thread.give({ kind: 'end', load, columns: brought });
  }
}
