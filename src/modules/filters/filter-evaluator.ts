import type { Database, InstitutionTx } from '../../db/transaction.ts';
import { Problem } from '../../lib/problem.ts';
import type { Clause } from './engine/clause.ts';
import { type ColumnName, isTextColumn } from './engine/column-names.ts';
import type {
  Answer,
  BaseRef,
  Evaluated,
  ExplainedClause,
  Lacking,
  MembersRef,
  Question,
  Tally,
} from './engine/filter-protocol.ts';
import { createFilterThread, type FilterMemory, type FilterThread } from './engine/filter-thread.ts';
import type { Tallied } from './engine/tally.ts';
import { findFilterBase, listNumbers, listTexts, prepareColumns, tableOf } from './filter-column-store.ts';

/** Portable Roaring bytes of one version's members. */
export type ReadMembers = (tx: InstitutionTx, ref: MembersRef) => Promise<Uint8Array>;

export interface FilterQuestion {
  readonly clauses: readonly Clause[];
  /** The version meant of each audience that the clauses ask about. */
  readonly audiences: readonly MembersRef[];
  readonly readMembers: ReadMembers;
}

/** The state of the base that an answer is true of. */
export interface BaseState {
  readonly customerVersion: number;
  readonly factsVersion: number;
}

export type FilterAnswer = Evaluated & BaseState;

/** Answers questions about the customer base. */
export interface FilterEvaluator {
  /**
   * Who matches all clauses.
   *
   * @throws Problem `serviceUnavailable` when memory is too short for the columns, or loads come too often; what
   *   `readMembers` throws. So do the others.
   */
  evaluate(institutionId: string, question: FilterQuestion & { wantsMembers: boolean }): Promise<FilterAnswer>;
  /** What each clause is of one customer. */
  explain(institutionId: string, question: FilterQuestion & { ordinal: number }): Promise<readonly ExplainedClause[]>;
  /** How the members of an audience, and everybody, are spread over cells. */
  tally(
    institutionId: string,
    question: Omit<Tally, 'kind'> & { readMembers: ReadMembers },
  ): Promise<Tallied & BaseState>;
  close(): Promise<void>;
}

/** How often one question brings what is lacking: again when a load comes in between, or when memory is short. */
const bringsMax = 5;

export function createFilterEvaluator(deps: { database: Database; memory: FilterMemory }): FilterEvaluator {
  const thread = createFilterThread(deps.memory);
  const ask = createAsking(deps.database, thread);
  return {
    async evaluate(institutionId, { clauses, audiences, wantsMembers, readMembers }) {
      const question = { kind: 'evaluate', clauses, audiences, wantsMembers } as const;
      const { answer, state } = await ask(institutionId, question, readMembers);
      return 'evaluated' in answer ? { ...answer.evaluated, ...state } : unasked();
    },
    async explain(institutionId, { clauses, audiences, ordinal, readMembers }) {
      const { answer } = await ask(institutionId, { kind: 'explain', clauses, audiences, ordinal }, readMembers);
      return 'explained' in answer ? answer.explained : unasked();
    },
    async tally(institutionId, { audience, orders, readMembers }) {
      const { answer, state } = await ask(institutionId, { kind: 'tally', audience, orders }, readMembers);
      return 'tallied' in answer ? { ...answer.tallied, ...state } : unasked();
    },
    close: () => thread.close(),
  };
}

function unasked(): never {
  throw new Error('the filter thread answered another question');
}

type Ask = (
  institutionId: string,
  question: Question,
  readMembers: ReadMembers,
) => Promise<{ answer: Answer; state: BaseState }>;

/** Asks the thread, and brings what it lacks until it can answer. */
function createAsking(database: Database, thread: FilterThread): Ask {
  const bringing = new Map<string, Promise<void>>();

  const bringAlone = async (institutionId: string, lacking: Lacking, readMembers: ReadMembers): Promise<void> => {
    const bringsIn = bring({ database, thread, institutionId }, lacking, readMembers);
    bringing.set(institutionId, bringsIn);
    await bringsIn.finally(() => bringing.delete(institutionId));
  };

  return async (institutionId, question, readMembers) => {
    for (let brings = 0; ; ) {
      const { customerVersion, ...base } = await database.inInstitution(institutionId, findFilterBase);
      const reply = await thread.ask(base, question);
      if (!('lacking' in reply)) {
        return { answer: reply, state: { customerVersion, factsVersion: base.factsVersion } };
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
      await bringAlone(institutionId, reply.lacking, readMembers);
    }
  };
}

function noRoom(): Problem {
  return new Problem('serviceUnavailable', {
    detail: 'The columns that this question reads do not stay in memory. Try again later, or with fewer filters.',
    headers: { 'Retry-After': '30' },
  });
}

/** Reads what the thread lacks from one snapshot and hands it over as it comes. */
async function bring(
  { database, thread, institutionId }: { database: Database; thread: FilterThread; institutionId: string },
  lacking: Lacking,
  readMembers: ReadMembers,
): Promise<void> {
  await database.inInstitution(
    institutionId,
    async (tx) => {
      for (const ref of lacking.audiences) {
        const members = await readMembers(tx, ref);
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
