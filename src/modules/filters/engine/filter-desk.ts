import { LRUCache } from 'lru-cache';
import { type Bitmap, bitmapBytes, bitmapFrom, bitmapOf } from '../../../lib/bitmap.ts';
import { type Clause, columnsOf, type Leaf } from './clause.ts';
import { funnelOf } from './clause-bitmap.ts';
import { clauseTruth } from './clause-truth.ts';
import { type Column, valueAt } from './column.ts';
import { ColumnLoad } from './column-load.ts';
import { type ColumnName, isTextColumn } from './column-names.ts';
import type {
  BaseRef,
  Evaluated,
  Evaluation,
  ExplainedClause,
  Lacking,
  MembersRef,
  Question,
  Reply,
} from './filter-protocol.ts';
import { type Base, leafBitmap } from './leaf-bitmap.ts';
import { tally } from './tally.ts';

/** Beside the bytes of a bitmap: its key and its place in the cache. */
const entryBytes = 1_024;

/**
 * What the filter thread knows: columns of bases, members of audiences, and who matched which leaf. All of it is kept
 * by what it was made from (a base by the version of its facts, an audience by its version), so nothing here is ever
 * stale; the least recently used goes when memory is short.
 */
export class FilterDesk {
  readonly #columns: LRUCache<string, Column>;
  readonly #bitmaps: LRUCache<string, Bitmap>;
  readonly #loads = new Map<number, { base: BaseRef; load: ColumnLoad }>();

  constructor(options: { columnBytesMax: number; bitmapBytesMax: number }) {
    this.#columns = new LRUCache({
      maxSize: options.columnBytesMax,
      sizeCalculation: (column) => column.bytes + entryBytes,
    });
    this.#bitmaps = new LRUCache({
      maxSize: options.bitmapBytesMax,
      sizeCalculation: (bitmap) => bitmap.getSerializationSizeInBytes('portable') + entryBytes,
      dispose: (bitmap) => bitmap[Symbol.dispose](),
    });
  }

  begin(load: number, base: BaseRef): void {
    this.#loads.set(load, { base, load: new ColumnLoad(base.nextOrdinal) });
  }

  addNumbers(load: number, columns: readonly ColumnName[], records: Uint8Array): void {
    this.#loads.get(load)?.load.addNumbers(columns, records);
  }

  addText(load: number, piece: { column: ColumnName; text: string; ordinals: Uint8Array }): void {
    this.#loads.get(load)?.load.addText(piece.column, piece.text, piece.ordinals);
  }

  end(load: number, columns: readonly ColumnName[]): void {
    const ended = this.#loads.get(load);
    this.#loads.delete(load);
    if (ended === undefined) return;
    for (const name of columns) this.#columns.set(columnKey(ended.base, name), ended.load.finish(name));
  }

  addMembers(institutionId: string, ref: MembersRef, members: Uint8Array): void {
    this.#keep(membersKey(institutionId, ref), bitmapFrom(members));
  }

  /** Answers, or says what it lacks. It never waits: what it has found is there until it has answered. */
  answer(base: BaseRef, question: Question): Reply {
    const wanted = wantedBy(question);
    const columns = new Map<string, Column>();
    for (const name of wanted.columns) {
      const column = this.#columns.get(columnKey(base, name));
      if (column !== undefined) columns.set(name, column);
    }
    const members = new Map<string, Bitmap>();
    for (const ref of wanted.audiences) {
      const bitmap = this.#bitmaps.get(membersKey(base.institutionId, ref));
      if (bitmap !== undefined) members.set(ref.audienceId, bitmap);
    }
    const lacking = {
      columns: wanted.columns.filter((name) => !columns.has(name)),
      audiences: wanted.audiences.filter((ref) => !members.has(ref.audienceId)),
    };
    if (lacking.columns.length + lacking.audiences.length > 0) return { lacking };
    using everybody = everybodyOf(base);
    const over: Base = {
      everybody,
      column: (name) => columns.get(name) ?? lost(),
      members: (audienceId) => members.get(audienceId) ?? lost(),
    };
    switch (question.kind) {
      case 'evaluate':
        return { evaluated: this.#evaluate(base, question, over) };
      case 'explain':
        return { explained: question.clauses.map((clause) => explain(clause, question.ordinal, over)) };
      case 'tally': {
        const sets = { everybody, members: over.members(question.audience.audienceId) };
        return { tallied: tally(sets, question.orders, over.column) };
      }
    }
  }

  #evaluate(base: BaseRef, { clauses, audiences, wantsMembers }: Evaluation, over: Base): Evaluated {
    const made = new Map<string, Bitmap>();
    const leafOf = (leaf: Leaf): Bitmap => {
      const key = leafKey(base, leaf, audiences);
      const found = this.#bitmaps.get(key) ?? made.get(key);
      if (found !== undefined) return found;
      const bitmap = leafBitmap(over, leaf);
      made.set(key, bitmap);
      return bitmap;
    };
    try {
      const { matching, steps } = funnelOf(over.everybody, clauses, leafOf);
      using held = matching;
      return {
        customerCount: held.size,
        baseCount: over.everybody.size,
        steps,
        members: wantsMembers ? bitmapBytes(held) : undefined,
      };
    } finally {
      // Only now: what is kept may push out what was in use a moment ago.
      for (const [key, bitmap] of made) this.#keep(key, bitmap);
    }
  }

  #keep(key: string, bitmap: Bitmap): void {
    this.#bitmaps.set(key, bitmap);
    // One that is larger than the whole cache is not kept.
    if (!this.#bitmaps.has(key)) bitmap[Symbol.dispose]();
  }
}

function wantedBy(question: Question): Lacking {
  if (question.kind === 'tally') {
    return { columns: question.orders.map(({ column }) => column), audiences: [question.audience] };
  }
  return { columns: [...columnsOf(question.clauses)], audiences: question.audiences };
}

function explain(clause: Clause, ordinal: number, over: Base): ExplainedClause {
  const truth = clauseTruth(clause, ordinal, over);
  if (clause.kind !== 'leaf' || clause.test.kind === 'members') return { truth, value: undefined };
  const { column: name } = clause.test;
  const column = over.column(name);
  const value = valueAt(column, ordinal);
  return { truth, value: isTextColumn(name) && value !== undefined ? column.texts[value - 1] : value };
}

function lost(): never {
  throw new Error('a question asks for what was not announced');
}

/** Ordinals are dense and never given again: who is not gone is there. */
function everybodyOf({ nextOrdinal, gone }: BaseRef): Bitmap {
  const everybody = bitmapOf([]);
  everybody.addRange(0, nextOrdinal);
  using left = bitmapFrom(gone);
  everybody.andNotInPlace(left);
  return everybody;
}

function columnKey({ institutionId, factsVersion }: BaseRef, name: ColumnName): string {
  return JSON.stringify([institutionId, factsVersion, name]);
}

function membersKey(institutionId: string, { audienceId, version }: MembersRef): string {
  return JSON.stringify([institutionId, 'members', audienceId, version]);
}

/** A leaf of members depends on their versions; one that looks at who is missing, or at "not", on who is there. */
function leafKey(base: BaseRef, leaf: Leaf, audiences: readonly MembersRef[]): string {
  const { institutionId, factsVersion } = base;
  if (leaf.test.kind !== 'members') return JSON.stringify([institutionId, factsVersion, leaf]);
  const { audienceIds } = leaf.test;
  const refs = audiences.filter(({ audienceId }) => audienceIds.includes(audienceId));
  return JSON.stringify([institutionId, factsVersion, leaf, refs]);
}
