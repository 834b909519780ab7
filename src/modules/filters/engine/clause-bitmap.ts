import type { Bitmap } from '../../../lib/bitmap.ts';
import type { Clause, Leaf } from './clause.ts';

/** Gives the bitmap of a leaf, borrowed. */
export type LeafSource = (leaf: Leaf) => Bitmap;

/** Who matches a clause; the caller disposes it. */
export function clauseBitmap(clause: Clause, leafOf: LeafSource): Bitmap {
  if (clause.kind === 'leaf') return leafOf(clause).clone();
  const [first, ...others] = clause.clauses;
  if (first === undefined) throw new Error('a group has no clause');
  const result = clauseBitmap(first, leafOf);
  for (const other of others) {
    using bitmap = clauseBitmap(other, leafOf);
    if (clause.kind === 'allOf') result.andInPlace(bitmap);
    else result.orInPlace(bitmap);
  }
  return result;
}

export interface FunnelStep {
  /** Customers who match this clause, whatever the others say. */
  readonly aloneCount: number;
  /** Customers who match this clause and all before it. */
  readonly remainingCount: number;
}

/** Who matches all clauses, and how each clause narrows them; the caller disposes the bitmap. */
export function funnelOf(
  everybody: Bitmap,
  clauses: readonly Clause[],
  leafOf: LeafSource,
): { matching: Bitmap; steps: FunnelStep[] } {
  const matching = everybody.clone();
  const steps: FunnelStep[] = [];
  for (const clause of clauses) {
    using bitmap = clauseBitmap(clause, leafOf);
    matching.andInPlace(bitmap);
    // Somebody may have left the base since the columns were read.
    steps.push({ aloneCount: bitmap.andCardinality(everybody), remainingCount: matching.size });
  }
  return { matching, steps };
}
