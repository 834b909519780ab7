import type { Schemas } from '../../../api/client.ts';
import { formatCount, formatPercent } from '../../../text/en.ts';
import { ledgerParts } from './ledger.ts';
import classes from './ledger-bar.module.css';
import { text } from './text.ts';

/** One bar whose parts are the lines by outcome; the table below says the same in figures, and their sum. */
export function LedgerBar({ counts }: { counts: Schemas['customerAudienceImport'] }) {
  const parts = ledgerParts(counts);
  return (
    <div>
      <div className={classes.bar} aria-hidden>
        {parts.map(({ outcome, count }) => (
          <div key={outcome} className={classes.part} data-outcome={outcome} style={{ flexGrow: count }} />
        ))}
      </div>
      <table className={`figures ${classes.parts}`} aria-label={text.imports.barLabel(counts.fileName)}>
        <tbody>
          {parts.map(({ outcome, count, share }) => (
            <tr key={outcome}>
              <th scope="row">
                <span className={classes.swatch} data-outcome={outcome} aria-hidden />
                {text.outcomes[outcome].label}
              </th>
              <td>{formatCount(count)}</td>
              <td className="quiet">{formatPercent(share)}</td>
              <td className={`quiet ${classes.means}`}>{text.outcomes[outcome].means}</td>
            </tr>
          ))}
          <tr className={classes.sum}>
            <th scope="row">{text.imports.sum}</th>
            <td>{formatCount(counts.lineCount)}</td>
            <td />
            <td className={`quiet ${classes.means}`}>{text.imports.result(counts.customerCount)}</td>
          </tr>
        </tbody>
      </table>
    </div>
  );
}
