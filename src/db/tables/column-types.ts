import type { ColumnType } from 'kysely';

/** `timestamptz`: a Date both ways (pg's default). */
export type Timestamp = Date;
/** `bigint` columns come back as number: the pools set a parser; versions and sequences stay far below 2^53. */
export type BigInteger = number;
/** `jsonb`: parsed when read; written as a JSON string, because pg turns arrays into PostgreSQL arrays. */
export type Json<T> = ColumnType<T, string, string>;
export type JsonWithDefault<T> = ColumnType<T, string | undefined, string>;
