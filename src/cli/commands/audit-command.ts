import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import type { ChainReport, Checkpoints } from '../../modules/audit/index.ts';
import { CliError } from '../cli-error.ts';
import { localFile } from '../client/list-file.ts';
import type { CliContext } from '../context.ts';
import { formatCount, formatQuantity } from '../output/format.ts';
import { createPrinter, type Printer } from '../output/printer.ts';
import { safeText } from '../output/safe-text.ts';
import { formatTable } from '../output/table.ts';
import { type CommonOptions, command, group } from './options.ts';

interface VerifyOptions extends CommonOptions {
  readonly institution?: string;
  readonly checkpoints?: string;
}

/** A line of progress each time this many entries more have been walked. */
const progressEntries = 50_000;

export function auditCommand(context: CliContext): Command {
  const verify = command('verify', 'walk the audit trail; exit code 1 when an entry was changed, removed or moved')
    .option('--institution <id>', 'only the trail of this institution')
    .option('--checkpoints <file>', 'a log of the server, whose "audit checkpoint" lines must be in the trail')
    .action((options: VerifyOptions) => runVerify(context, options));
  return group('audit', 'the audit trail').addCommand(verify);
}

async function runVerify(context: CliContext, options: VerifyOptions): Promise<void> {
  const { findingKinds, verifyAudit } = await import('../../modules/audit/index.ts');
  const { withOperatorTools } = await import('../operator.ts');
  const printer = createPrinter(context, { json: options.json === true });
  const checkpoints = options.checkpoints === undefined ? undefined : await logOf(context, options.checkpoints);
  const reports = await withOperatorTools(context, async ({ database, keyring }) =>
    verifyAudit(
      { database, keyring: await keyring() },
      { institutionId: options.institution, checkpoints, onProgress: progressOf(printer) },
    ),
  );
  if (options.institution !== undefined && reports.length === 0) {
    throw new CliError('there is no institution with this id');
  }
  const broken = reports.filter(({ finding }) => finding !== undefined);
  printer.result({
    verified: broken.length === 0,
    institutions: reports.map(({ institutionId, finding, ...counts }) => ({
      institution: institutionId,
      ...counts,
      ...(finding === undefined ? {} : { finding: { ...finding, meaning: findingKinds[finding.kind] } }),
    })),
  });
  printReports(printer, reports, { withCheckpoints: checkpoints !== undefined });
  for (const { institutionId, finding } of broken) {
    if (finding === undefined) continue;
    const place = `${safeText(institutionId)}, entry ${formatCount(finding.sequence)}`;
    printer.line(printer.style.bad(`${place}: ${findingKinds[finding.kind]}.`));
  }
  if (broken.length > 0)
    throw new CliError(`the audit trail of ${formatQuantity(broken.length, 'institution')} is broken`);
}

function printReports(
  printer: Printer,
  reports: readonly ChainReport[],
  { withCheckpoints }: { withCheckpoints: boolean },
): void {
  const columns = [
    { title: 'institution' },
    { title: 'good entries', align: 'right' },
    ...(withCheckpoints ? [{ title: 'checkpoints', align: 'right' } as const] : []),
    { title: 'trail' },
  ] as const;
  const rows = reports.map(({ institutionId, entryCount, checkpointCount, finding }) => [
    safeText(institutionId),
    formatCount(entryCount),
    ...(withCheckpoints ? [formatCount(checkpointCount)] : []),
    finding === undefined
      ? printer.style.good('unbroken')
      : printer.style.bad(`broken at ${formatCount(finding.sequence)}`),
  ]);
  for (const line of formatTable(columns, rows)) printer.line(line);
  printer.line();
}

/** @throws CliError for a file without checkpoints: nothing would be held against it */
async function logOf(context: CliContext, argument: string): Promise<Checkpoints> {
  const { readCheckpoints } = await import('../../modules/audit/index.ts');
  const file = await localFile(context.workingDirectory, argument);
  const { checkpoints, count } = await readCheckpoints(
    createInterface({ input: createReadStream(file.path), crlfDelay: Number.POSITIVE_INFINITY }),
  );
  if (count === 0) throw new CliError(`${argument} has no line with the message "audit checkpoint"`);
  return checkpoints;
}

function progressOf(printer: Printer) {
  let saidAt = 0;
  let institution = '';
  return (progress: { institutionId: string; sequence: number; ofSequence: number }): void => {
    if (progress.institutionId !== institution) saidAt = 0;
    institution = progress.institutionId;
    if (progress.sequence < saidAt + progressEntries) return;
    saidAt = progress.sequence;
    const percent = Math.floor((100 * progress.sequence) / progress.ofSequence);
    printer.remark(`${safeText(institution)}: ${formatCount(progress.sequence)} entries, ${percent}%`);
  };
}
