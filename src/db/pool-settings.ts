import pg from 'pg';

const typeOids = { int8: 20, date: 1082 } as const;

/**
 * Parsers of our pools (never pg's global ones, which a library in the same process may rely on): `bigint` as number
 * (versions, counts and cents stay far below 2^53; anything larger throws), `date` as `YYYY-MM-DD` text.
 */
export const typeParsers: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (format !== 'binary' && oid === typeOids.int8) return parseBigint;
    if (format !== 'binary' && oid === typeOids.date) return parseText;
    return pg.types.getTypeParser(oid, format);
  },
};

/** A pool whose broken connections end in rejected queries, not in an uncaught `error` event. */
export function createPool(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({ application_name: 'rollcall', types: typeParsers, ...config });
  pool.on('error', ignore);
  pool.on('connect', (client) => client.on('error', ignore));
  return pool;
}

function parseBigint(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError('a bigint from the database exceeds 2^53');
  return value;
}

function parseText(text: string): string {
  return text;
}

function ignore(): void {}
