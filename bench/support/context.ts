import type { BenchServer } from './bench-server.ts';

/** What every benchmark gets: a server with its customers loaded. */
export interface BenchContext {
  readonly engine: 'embedded' | 'postgresql';
  /** Of the same database, for floors; absent on the embedded engine. */
  readonly databaseUrl?: string;
  /** A folder that the database server can read and write, for COPY on the server. */
  readonly folder: string;
  readonly customers: number;
  readonly lines: number;
  readonly server: BenchServer;
}
