import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { CliError } from '../cli-error.ts';

/** A file of the command line, found readable. */
export interface LocalFile {
  readonly path: string;
  /** The name alone, as the server learns it. */
  readonly name: string;
  readonly sizeBytes: number;
}

/** @throws CliError when the file is absent, a folder or not readable */
export async function localFile(workingDirectory: string, argument: string): Promise<LocalFile> {
  const path = resolve(workingDirectory, argument);
  try {
    await using file = await open(path, 'r');
    const facts = await file.stat();
    if (facts.isDirectory()) throw new CliError(`${argument} is a folder`);
    return { path, name: basename(path), sizeBytes: facts.size };
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`cannot read ${argument} (${errorCode(error)})`, { cause: error });
  }
}

/** The bytes of a file; `onBytes` hears how many have been read so far. */
export async function* fileBytes(file: LocalFile, onBytes: (readBytes: number) => void): AsyncGenerator<Uint8Array> {
  let readBytes = 0;
  for await (const chunk of createReadStream(file.path, { highWaterMark: 256 * 1024 })) {
    yield chunk;
    readBytes += chunk.length;
    onBytes(readBytes);
  }
}

export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
}
