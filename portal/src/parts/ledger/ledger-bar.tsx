import type { Schemas } from '../../api/client.ts';
import { formatCount, formatPercent } from '../../text/en.ts';
import { Link } from '../link.tsx';
import classes from './ledger.module.css';
import { type LedgerPart, type Outcome, partsOf } from './ledger-parts.ts';
import { text } from './text.ts';

/** Where the lines of a part are seen: here, below the ledger, or at the import. */
export type LinesAt =
  | { readonly place: 'here'; readonly shown: Outcome | undefined; readonly show: (outcome: Outcome) => void }
  | { readonly place: 'import'; readonly importId: string };

interface Props {
  readonly ledger: Schemas['customerAudienceImport'];
  readonly linesAt: LinesAt;
  /** Only what occurs, in small: where it is one of several. */
  readonly isBrief?: boolean;
}

/** All lines of a list as one bar, whose parts add up; each part leads to its lines. The table below the bar says the same. */
export function LedgerBar({ ledger, linesAt, isBrief = false }: Props) {
  const parts = partsOf(ledger).filter(({ count }) => count > 0 || !isBrief);
  return (
    <div className={classes.ledger} data-brief={isBrief || undefined}>
      {/* For the pointer: the keyboard and the screen reader have the table. */}
      <div className={classes.bar} aria-hidden>
        {parts
          .filter(({ count }) => count > 0)
          .map((part) => (
            <BarPart key={part.outcome} part={part} linesAt={linesAt} />
          ))}
      </div>
      <table className={classes.table} aria-label={text.title(ledger.fileName)}>
        <thead>
          <tr>
            <th scope="col">{text.columns.outcome}</th>
            <th scope="col" className={classes.figure}>
              {text.columns.lines}
            </th>
            <th scope="col" className={classes.figure}>
              {text.columns.share}
            </th>
          </tr>
        </thead>
        <tbody>
          {parts.map((part) => (
            <PartRow key={part.outcome} part={part} linesAt={linesAt} />
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{text.total(ledger.lineCount)}</th>
            <td className={`figures ${classes.figure}`}>{formatCount(ledger.lineCount)}</td>
            <td className={`figures ${classes.figure}`}>{formatPercent(1)}</td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

interface PartProps {
  readonly part: LedgerPart;
  readonly linesAt: LinesAt;
}

function BarPart({ part: { outcome, count, share }, linesAt }: PartProps) {
  const look = {
    tabIndex: -1,
    className: classes.part ?? '',
    'data-outcome': outcome,
    style: { flexGrow: count },
    title: text.part(text.outcomes[outcome].label, count, share),
  };
  if (linesAt.place === 'import') return <Link {...look} {...toLines(linesAt.importId, outcome)} />;
  const { shown, show } = linesAt;
  return <button type="button" {...look} data-shown={outcome === shown || undefined} onClick={() => show(outcome)} />;
}

function PartRow({ part, linesAt }: PartProps) {
  const { outcome, count, share } = part;
  const isShown = linesAt.place === 'here' && outcome === linesAt.shown;
  return (
    <tr className={count === 0 ? 'quiet' : undefined} data-shown={isShown || undefined}>
      <th scope="row">
        <PartName part={part} linesAt={linesAt} />
      </th>
      <td className={`figures ${classes.figure}`}>{formatCount(count)}</td>
      <td className={`figures ${classes.figure}`}>{formatPercent(share)}</td>
    </tr>
  );
}

function PartName({ part: { outcome, count }, linesAt }: PartProps) {
  const { label, meaning } = text.outcomes[outcome];
  const name = (
    <>
      <span className={classes.swatch} data-outcome={outcome} aria-hidden />
      <span className={classes.label}>{label}</span>
      <span className={`quiet ${classes.meaning}`}>{meaning}</span>
    </>
  );
  if (count === 0) return <span className={classes.name}>{name}</span>;
  if (linesAt.place === 'import') {
    return (
      <Link className={classes.name ?? ''} underline="never" {...toLines(linesAt.importId, outcome)}>
        {name}
      </Link>
    );
  }
  const { shown, show } = linesAt;
  return (
    <button type="button" className={classes.name} aria-expanded={outcome === shown} onClick={() => show(outcome)}>
      {name}
    </button>
  );
}

function toLines(importId: string, outcome: Outcome) {
  return { to: '/import/$importId', params: { importId }, search: { outcome } } as const;
}
