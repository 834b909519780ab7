import type { ImportOutcome } from '../client/import-list.ts';
import type { RejectFile } from '../rejects/reject-file.ts';
import { formatCount, formatQuantity } from './format.ts';
import { ledgerEquation, ledgerRemarks } from './ledger.ts';
import type { Printer } from './printer.ts';
import { safeText } from './safe-text.ts';
import { formatFields } from './table.ts';

export interface ImportReport {
  readonly outcome: ImportOutcome;
  readonly rejects: RejectFile | undefined;
  /** As the person named it, relative or not. */
  readonly rejectsPath: string;
  readonly dryRun: boolean;
}

/** What came of a list, for people or as JSON: the equation first, then the audience, then what is left to do. */
export function printImport(printer: Printer, report: ImportReport): void {
  const { outcome, rejects } = report;
  const { audience, ledger, refusal } = outcome;
  printer.result({
    ...(audience === undefined ? {} : { audience }),
    import: ledger,
    ...(refusal === undefined ? {} : { refusal }),
    ...(rejects === undefined ? {} : { rejects: { path: rejects.path, lineCount: rejects.lineCount } }),
  });
  printer.line(ledgerEquation(ledger));
  const remarks = ledgerRemarks(ledger, printer.style);
  if (remarks.length > 0) printer.line();
  for (const remark of remarks) printer.line(remark);
  printer.line();
  for (const line of formatFields(audienceFields(printer, report))) printer.line(line);
  if (rejects === undefined) return;
  const hint = ['rollcall import', shellWord(report.rejectsPath), ...rejects.importOptions.map(shellWord)].join(' ');
  const again = audience === undefined || report.dryRun ? '--name NAME' : `--audience ${audience.id}`;
  printer.line();
  printer.line(`Mend the lines in it, then: ${printer.style.accent(`${hint} ${again}`)}`);
}

function audienceFields(printer: Printer, report: ImportReport): readonly (readonly [string, string])[] {
  const { audience } = report.outcome;
  const { rejects } = report;
  const fields: [string, string][] = [];
  if (audience !== undefined) {
    const name = printer.style.bold(safeText(audience.name));
    fields.push(['Audience', report.dryRun ? `${name} (dry run: nothing was made)` : name]);
    if (!report.dryRun) fields.push(['Id', audience.id]);
    fields.push(['Customers', printer.style.good(formatCount(audience.customerCount))]);
    if (audience.addedCount !== undefined) fields.push(['Added', formatCount(audience.addedCount)]);
    if (audience.removedCount !== undefined) fields.push(['Removed', formatCount(audience.removedCount)]);
  }
  if (rejects !== undefined)
    fields.push(['Rejects', `${formatQuantity(rejects.lineCount, 'line')} in ${safeText(report.rejectsPath)}`]);
  return fields;
}

/** As a POSIX shell takes it. */
function shellWord(text: string): string {
  return /^[-\w./:=@%+]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
