import { mkdir } from 'node:fs/promises';
import { migrate } from '../migrate.ts';
import { openEmbeddedDirectory } from './open-embedded.ts';

// A process of its own, started by data-directory.ts: initdb's gigabyte ends with it.
const directory = process.argv[2];
if (directory === undefined) throw new Error('name the directory to make');
await mkdir(directory, { recursive: true, mode: 0o700 });
const database = await openEmbeddedDirectory(directory);
await migrate(database);
await database.close();
