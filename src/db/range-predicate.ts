import { type Expression, type SqlBool, sql } from 'kysely';
import type { Range } from '../lib/range.ts';

/** The SQL of a range filter over a column; an absent range holds for every row. */
export function rangePredicate(column: Expression<unknown>, range: Range<unknown> | undefined): Expression<SqlBool> {
  const lower =
    range?.lower === undefined
      ? sql<boolean>`true`
      : sql<boolean>`${column} ${sql.raw(range.lowerInclusive ? '>=' : '>')} ${range.lower}`;
  const upper =
    range?.upper === undefined
      ? sql<boolean>`true`
      : sql<boolean>`${column} ${sql.raw(range.upperInclusive ? '<=' : '<')} ${range.upper}`;
  return sql<boolean>`(${lower} and ${upper})`;
}
