import { CommanderError } from 'commander';
import { ConfigError } from '../config.ts';
import { databaseErrorFacts } from '../db/error-facts.ts';
import { Problem } from '../lib/problem.ts';
import { StartRefused } from '../lib/start-refused.ts';
import { CliError } from './cli-error.ts';
import { ProblemAnswer } from './client/problem-answer.ts';
import type { OutputStream } from './context.ts';
import { safeText } from './output/safe-text.ts';
import { createStyle } from './output/style.ts';

/**
 * Says what went wrong in one line on standard error.
 *
 * @returns the exit code: 1, or 0 when a command only asked for its help or version
 */
export function reportError(stream: OutputStream, error: unknown): number {
  // Commander has said it already, through the same line (see program.ts).
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
  writeError(stream, messageOf(error));
  return 1;
}

export function writeError(stream: OutputStream, message: string): void {
  const line = safeText(message.trim().replace(/\s*\n\s*/g, ' '));
  stream.write(`${createStyle(stream).bad('rollcall:')} ${line}\n`);
}

/** One line about any error: its own words when they are meant for people, never a value of a database row. */
export function messageOf(error: unknown): string {
  if (error instanceof Problem) return error.detail === undefined ? error.title : `${error.title}: ${error.detail}`;
  if (isMeantForPeople(error)) return error.message;
  const facts = databaseErrorFacts(error);
  if (facts !== undefined) return `the database refused (${[facts.code, facts.routine].filter(Boolean).join(' ')})`;
  return error instanceof Error ? `something went wrong: ${error.name}: ${error.message}` : 'something went wrong';
}

function isMeantForPeople(error: unknown): error is Error {
  const kinds = [CliError, ProblemAnswer, ConfigError, StartRefused];
  return kinds.some((kind) => error instanceof kind);
}
