import { type Expression, type SqlBool, sql } from 'kysely';
import type { SortKey } from '../lib/sort.ts';
import type { SortValue } from '../lib/sort-position.ts';

/**
 * Rows after a place, for any mix of directions. The first key stands alone in front, so that an index can be entered
 * there.
 */
export function afterPredicate<Field extends string>(
  expressions: Readonly<Record<Field, Expression<unknown>>>,
  sort: readonly SortKey<Field>[],
  after: readonly SortValue[],
  index = 0,
): Expression<SqlBool> {
  const key = sort[index];
  if (key === undefined) return sql<boolean>`false`;
  const value = after[index];
  const operator = key.descending ? '<' : '>';
  const beyond = sql<boolean>`${expressions[key.field]} ${sql.raw(operator)} ${value}`;
  const reached = sql<boolean>`${expressions[key.field]} ${sql.raw(`${operator}=`)} ${value}`;
  return sql<boolean>`(${reached} and (${beyond} or ${afterPredicate(expressions, sort, after, index + 1)}))`;
}
