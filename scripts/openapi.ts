import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { validate } from '@scalar/openapi-parser';
import { buildApp } from '../src/app.ts';
import { packageRoot } from '../src/lib/package-root.ts';
import { absentDependencies } from './absent-dependencies.ts';

/** Writes `openapi.json` from the routes; with `--check` fails when the file is not what the routes say. */
const path = join(packageRoot(), 'openapi.json');
const app = await buildApp(absentDependencies());
await app.ready();
const text = `${JSON.stringify(app.swagger(), null, 2)}\n`;
await app.close();

const { valid, errors } = await validate(text);
if (!valid) fail(`the description is not valid OpenAPI: ${JSON.stringify(errors, null, 2)}`);
if (!process.argv.includes('--check')) {
  writeFileSync(path, text);
  console.log('openapi.json is written');
} else if (readText() === text) {
  console.log('openapi.json is fresh and valid');
} else {
  fail('openapi.json is stale: run npm run openapi');
}

function readText(): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
