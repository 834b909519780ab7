import { after, describe } from 'node:test';
import type { OpenDatabase } from '../../src/db/database.ts';
import type { DatabaseOptions } from '../../src/db/open.ts';
import type { Engine } from '../../src/db/transaction.ts';
import { createEmbeddedSource } from './embedded-source.ts';
import { engineNames, skipReason } from './engine-choice.ts';
import { createPostgresqlSource } from './postgresql-source.ts';

/** Where the databases of one engine come from; started on first use, once per process. */
export interface DatabaseSource {
  /** An empty, migrated database of its own until it is closed. */
  open(): Promise<OpenDatabase>;
  /** The same for tests that start processes: where they find it. `remove` it afterwards. */
  locate(): Promise<DatabaseLocation>;
  stop(): Promise<void>;
}

export interface DatabaseLocation extends Pick<DatabaseOptions, 'url' | 'dataDir'> {
  remove(): Promise<void>;
}

export interface TestEngine {
  readonly name: Engine;
  /** An empty, migrated database; closed when the engine's suite ends, if the test has not done so. */
  freshDatabase(): Promise<OpenDatabase>;
  /** An empty, migrated database for processes that the test starts; removed when the engine's suite ends. */
  freshLocation(): Promise<DatabaseLocation>;
}

const sources: Record<Engine, DatabaseSource> = {
  embedded: createEmbeddedSource(),
  postgresql: createPostgresqlSource(),
};

after(async () => {
  await Promise.all(Object.values(sources).map((source) => source.stop()));
});

/**
 * Runs the body once per engine, in a suite of the engine's name. `ROLLCALL_TEST_ENGINES` (comma-separated) makes
 * exactly the named engines run, and a missing one an error; without it an engine that is missing is skipped, and the
 * skip says why.
 */
export function forEachEngine(body: (engine: TestEngine) => void): void {
  for (const name of engineNames) {
    const skip = skipReason(name);
    if (skip === undefined) describe(name, () => engineSuite(name, body));
    else describe(name, { skip }, () => {});
  }
}

function engineSuite(name: Engine, body: (engine: TestEngine) => void): void {
  const opened: OpenDatabase[] = [];
  const located: DatabaseLocation[] = [];
  body({
    name,
    async freshDatabase() {
      const database = await sources[name].open();
      opened.push(database);
      return database;
    },
    async freshLocation() {
      const location = await sources[name].locate();
      located.push(location);
      return location;
    },
  });
  // After the body's own `after`: its application closes while the database is still there.
  after(async () => {
    for (const database of opened) await database.close();
    for (const location of located) await location.remove();
  });
}
