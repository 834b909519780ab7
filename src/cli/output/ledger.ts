import type { ImportAnswer } from '../client/api-schemas.ts';
import { formatCount, formatLineNumbers, formatQuantity } from './format.ts';
import type { Style } from './style.ts';
import { formatTable } from './table.ts';

const recordNumbersShown = 6;

/** The seven outcomes in the order in which their rules are tried. */
export function outcomeCounts(answer: ImportAnswer): readonly (readonly [outcome: string, count: number])[] {
  return [
    ['header', answer.headerCount],
    ['blank', answer.blankCount],
    ['invalid', answer.invalidCount],
    ['duplicate', answer.duplicateCount],
    ['unmatched', answer.unmatchedCount],
    ['ambiguous', answer.ambiguousCount],
    ['matched', answer.matchedCount],
  ];
}

/** The law of an import: every line has one outcome, so the counts add up to the lines. */
export function ledgerAddsUp(answer: ImportAnswer): boolean {
  return answer.lineCount === outcomeCounts(answer).reduce((sum, [, count]) => sum + count, 0);
}

/** `10,000 lines = 0 header + 3 blank + 12 invalid + 240 duplicate + 1,501 unmatched + 44 ambiguous + 8,200 matched` */
export function ledgerEquation(answer: ImportAnswer): string {
  const sum = outcomeCounts(answer).map(([outcome, count]) => `${formatCount(count)} ${outcome}`);
  return `${formatQuantity(answer.lineCount, 'line')} ${ledgerAddsUp(answer) ? '=' : '≠'} ${sum.join(' + ')}`;
}

/** What the equation leaves open: why lines are invalid, what was repaired, and what would help. */
export function ledgerRemarks(answer: ImportAnswer, style: Style): readonly string[] {
  return [
    ...invalidReasonLines(answer),
    ...repairLines(answer),
    ...charsetLines(answer),
    ...suggestionLines(answer, style),
  ];
}

function invalidReasonLines(answer: ImportAnswer): readonly string[] {
  const reasons = answer.invalidReasons ?? [];
  if (reasons.length === 0) return [];
  return formatTable(
    [{ title: 'invalid because' }, { title: 'lines', align: 'right' }, { title: 'line numbers' }],
    reasons.map(({ reason, count, recordNumbers, more }) => [
      reason,
      formatCount(count),
      formatLineNumbers(recordNumbers, { shownMax: recordNumbersShown, more }),
    ]),
  );
}

function repairLines(answer: ImportAnswer): readonly string[] {
  return (answer.repairs ?? []).map(({ repair, count }) => `Repaired by ${repair}: ${formatQuantity(count, 'line')}.`);
}

function charsetLines(answer: ImportAnswer): readonly string[] {
  const count = answer.windows1252LineCount ?? 0;
  return count === 0 ? [] : [`${formatQuantity(count, 'line')} read as windows-1252, because they are not UTF-8.`];
}

function suggestionLines(answer: ImportAnswer, style: Style): readonly string[] {
  return (answer.suggestions ?? []).flatMap((suggestion) => {
    if (suggestion.repair !== undefined && suggestion.matchedCountAfter !== undefined) {
      const after = formatCount(suggestion.matchedCountAfter);
      return [
        style.warning(
          `Hint: with --repair ${suggestion.repair}, ${after} lines would match instead of ${formatCount(answer.matchedCount)}.`,
        ),
      ];
    }
    if (suggestion.identifierType !== undefined && suggestion.sampleMatchedPercent !== undefined) {
      const share = `about ${suggestion.sampleMatchedPercent}% of a sample`;
      return [style.warning(`Hint: this may be a list of ${suggestion.identifierType}: ${share} would match as such.`)];
    }
    return [];
  });
}
