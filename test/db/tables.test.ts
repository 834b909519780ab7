import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { forEachEngine } from '../support/engines.ts';

const folder = new URL('../../src/db/tables/', import.meta.url);
const source = readdirSync(folder)
  .map((file) => readFileSync(new URL(file, folder), 'utf8'))
  .join('\n');

/** Types of tables.ts by type of PostgreSQL; a union of literals stands for text with a check. */
const typesByColumnType: Record<string, RegExp> = {
  text: /^(string|'.+)$/,
  uuid: /^string$/,
  date: /^string$/,
  int2: /^number$/,
  int4: /^number$/,
  int8: /^BigInteger$/,
  bool: /^boolean$/,
  bytea: /^Buffer$/,
  timestamptz: /^Timestamp$/,
  jsonb: /^(Json(WithDefault)?<.+>|ColumnType<.+>)$/,
  _text: /^string\[\]$/,
  _int2: /^number\[\]$/,
  _int4: /^number\[\]$/,
};

forEachEngine((engine) => {
  test('src/db/tables says of each column what the migrated database says', async () => {
    const database = await engine.freshDatabase();
    const { rows } = await database.asOperator((tx) =>
      tx.client.query<Column>(`select table_name as "table", column_name as "column", udt_name as type,
        case when table_type = 'BASE TABLE' then is_nullable = 'YES' end as nullable, column_default is not null as defaulted
        from information_schema.columns join information_schema.tables using (table_schema, table_name) where table_schema = 'public' and table_name <> 'schema_migration'
        order by table_name, ordinal_position`),
    );
    const written = writtenColumns();
    const names = ({ table, column }: { table: string; column: string }) => `${table}.${column}`;
    assert.deepEqual([...written.keys()].sort(), rows.map(names).sort());
    for (const row of rows) assert.equal(contradiction(row, written.get(names(row)) ?? ''), undefined, names(row));
  });
});

interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  /** null = a view's column, of which the database does not know it. */
  readonly nullable: boolean | null;
  readonly defaulted: boolean;
}

/** `table.column` -> the type written in tables.ts. */
function writtenColumns(): Map<string, string> {
  const columns = new Map<string, string>();
  for (const [, group = ''] of source.matchAll(/^export interface (\w+Tables) /gm)) {
    for (const [, table, interfaceName] of bodyOf(group).matchAll(/^ {2}(\w+): (\w+);$/gm)) {
      for (const [, column, type] of bodyOf(interfaceName ?? '').matchAll(/^ {2}(\w+): (.+);$/gm)) {
        columns.set(`${table}.${column}`, type ?? '');
      }
    }
  }
  return columns;
}

function bodyOf(interfaceName: string): string {
  const match = new RegExp(`interface ${interfaceName} (extends (?<base>\\w+)View )?{`).exec(source);
  assert.ok(match, `interface ${interfaceName}`);
  const base = match.groups?.base;
  const own = joinedUnions(source.slice(source.indexOf('{', match.index) + 1, source.indexOf('\n}', match.index) + 1));
  return base === undefined ? own : `${bodyOf(`${base}View`)}${own}`;
}

/** A long union is written over several lines. */
function joinedUnions(text: string): string {
  return text.replaceAll(/\n\s+\| /g, ' | ').replaceAll(':  |', ':');
}

function contradiction({ type, nullable, defaulted }: Column, written: string): string | undefined {
  const optional = /^(Generated|JsonWithDefault)</.test(written);
  // A column with a default may be asked for all the same.
  if (optional && !defaulted) return `default: ${defaulted}, written: ${written}`;
  const plain = written.replace(/^Generated<(.+)>$/, '$1');
  if (nullable !== null && /\| null(,|>|$)/.test(plain) !== nullable)
    return `nullable: ${nullable}, written: ${written}`;
  const expected = typesByColumnType[type];
  if (expected?.test(plain.replace(/ \| null$/, '')) !== true) return `type: ${type}, written: ${written}`;
  return undefined;
}
