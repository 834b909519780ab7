import { type Canonicaliser, cleanCell } from '../../identifiers/index.ts';
import type { RawCell } from './row-shape.ts';

/** The key of a row, or why it has none. */
export function readKeyCell(
  canonicaliser: Canonicaliser,
  cell: RawCell,
): { key: string } | { reason: 'missingKey' | 'invalidKey' } {
  if (cell === null || cell === undefined) return { reason: 'missingKey' };
  if (typeof cell !== 'string' || !cell.isWellFormed()) return { reason: 'invalidKey' };
  const text = cleanCell(cell);
  if (text === '') return { reason: 'missingKey' };
  const canonical = canonicaliser.canonicalise(text);
  return canonical.value === undefined ? { reason: 'invalidKey' } : { key: canonical.value };
}
