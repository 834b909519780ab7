import { type Bitmap, bitmapOf } from '../../../lib/bitmap.ts';
import type { Leaf, Test } from './clause.ts';
import { type Column, presentOf, selectOrdinals } from './column.ts';

/** What leaves are judged over: a base as it was, and the members of audiences. */
export interface Base {
  /** Everybody in the base. */
  readonly everybody: Bitmap;
  column(name: string): Column;
  /** The present members of an audience, borrowed. */
  members(audienceId: string): Bitmap;
}

/** Who matches a leaf; the caller disposes it. */
export function leafBitmap(base: Base, leaf: Leaf): Bitmap {
  const { test } = leaf;
  if (test.kind === 'members') {
    const members = memberUnion(base, test.audienceIds);
    return leaf.isNegated ? complement(base, members) : members;
  }
  const column = base.column(test.column);
  if (test.kind === 'missing') {
    const present = presentOf(column);
    return leaf.isNegated ? present : complement(base, present);
  }
  const passes = passesOf(column, test);
  const matching = bitmapOf(selectOrdinals(column, leaf.isNegated ? (value) => !passes(value) : passes));
  if (leaf.ofMissing === 'true') {
    using missing = complement(base, presentOf(column));
    matching.orInPlace(missing);
  }
  return matching;
}

function memberUnion(base: Base, audienceIds: readonly string[]): Bitmap {
  const union = bitmapOf([]);
  for (const id of audienceIds) union.orInPlace(base.members(id));
  return union;
}

/** Everybody else; takes the bitmap over. */
function complement(base: Base, bitmap: Bitmap): Bitmap {
  using taken = bitmap;
  const others = base.everybody.clone();
  others.andNotInPlace(taken);
  return others;
}

type ValueTest = Exclude<Test, { kind: 'members' | 'missing' }>;

/** Whether a value of the column passes. */
export function passesOf(column: Column, test: ValueTest): (value: number) => boolean {
  switch (test.kind) {
    case 'range': {
      const { lower = Number.NEGATIVE_INFINITY, upper = Number.POSITIVE_INFINITY } = test;
      return (value) => value >= lower && value <= upper;
    }
    case 'numbers': {
      const [only] = test.values;
      if (test.values.length === 1) return (value) => value === only;
      const values = new Set(test.values);
      return (value) => values.has(value);
    }
    case 'flags': {
      const { mask } = test;
      return (value) => (value & mask) !== 0;
    }
    case 'text': {
      const codes = column.findTexts(textPasses(test));
      return (code) => codes.has(code);
    }
  }
}

function textPasses({ match, texts }: Extract<Test, { kind: 'text' }>): (folded: string) => boolean {
  if (match === 'equals') {
    const set = new Set(texts);
    return (folded) => set.has(folded);
  }
  return (folded) => texts.some((text) => (match === 'contains' ? folded.includes(text) : folded.startsWith(text)));
}
