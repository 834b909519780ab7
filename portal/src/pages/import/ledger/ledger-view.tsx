import { Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { formatCount, formatPercent } from '../../../text/en.ts';
import type { LineSource } from '../line-texts/read-line-texts.ts';
import { type ImportLedger, type LedgerPart, type Outcome, partsOf } from '../sending/import-ledger.ts';
import { text } from '../text.ts';
import classes from './ledger.module.css';
import { LinesPanel } from './lines-panel.tsx';

/** All lines as one bar, whose parts add up; each part leads to its lines. The table below the bar says the same. */
export function LedgerView({ ledger, source }: { ledger: ImportLedger; source?: LineSource | undefined }) {
  const [shown, setShown] = useState<Outcome>();
  const parts = partsOf(ledger);
  const show = (outcome: Outcome) => setShown(outcome === shown ? undefined : outcome);
  const part = parts.find(({ outcome, count }) => outcome === shown && count > 0);
  return (
    <Stack gap="md">
      <div>
        <Title order={3} size="h5">
          {text.ledger.title}
        </Title>
        <Text size="sm" className="quiet">
          {text.ledger.choose}
        </Text>
      </div>
      <Bar parts={parts} shown={shown} total={ledger.lineCount} onShow={show} />
      <PartsTable parts={parts} shown={shown} total={ledger.lineCount} onShow={show} />
      <Remarks ledger={ledger} />
      {part !== undefined && (
        <LinesPanel
          key={part.outcome}
          ledger={ledger}
          part={part}
          source={source}
          onClose={() => setShown(undefined)}
        />
      )}
    </Stack>
  );
}

interface PartsProps {
  readonly parts: readonly LedgerPart[];
  readonly shown: Outcome | undefined;
  readonly total: number;
  readonly onShow: (outcome: Outcome) => void;
}

/** For the pointer: the keyboard and the screen reader have the table. */
function Bar({ parts, shown, total, onShow }: PartsProps) {
  return (
    <div className={classes.bar} aria-hidden>
      {parts
        .filter(({ count }) => count > 0)
        .map(({ outcome, count }) => (
          <button
            key={outcome}
            type="button"
            tabIndex={-1}
            className={`${classes.part} ${classes[outcome]}`}
            data-shown={outcome === shown || undefined}
            style={{ flexGrow: count }}
            title={text.ledger.part(text.ledger.outcomes[outcome].label, count, count / total)}
            onClick={() => onShow(outcome)}
          />
        ))}
    </div>
  );
}

function PartsTable({ parts, shown, total, onShow }: PartsProps) {
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th>{text.ledger.columns.outcome}</th>
          <th className={classes.figure}>{text.ledger.columns.lines}</th>
          <th className={classes.figure}>{text.ledger.columns.share}</th>
        </tr>
      </thead>
      <tbody>
        {parts.map(({ outcome, count }) => (
          <tr key={outcome} className={count === 0 ? 'quiet' : undefined} data-shown={outcome === shown || undefined}>
            <td>
              <PartName outcome={outcome} count={count} isShown={outcome === shown} onShow={onShow} />
            </td>
            <td className={`figures ${classes.figure}`}>{formatCount(count)}</td>
            <td className={`figures ${classes.figure}`}>{total === 0 ? '' : formatPercent(count / total)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">{text.ledger.total(total)}</th>
          <td className={`figures ${classes.figure}`}>{formatCount(total)}</td>
          <td className={`figures ${classes.figure}`}>{formatPercent(1)}</td>
        </tr>
      </tfoot>
    </table>
  );
}

function PartName(props: { outcome: Outcome; count: number; isShown: boolean; onShow: (outcome: Outcome) => void }) {
  const { outcome, count, isShown, onShow } = props;
  const { label, meaning } = text.ledger.outcomes[outcome];
  const name = (
    <>
      <span className={`${classes.swatch} ${classes[outcome]}`} aria-hidden />
      <span className={classes.label}>{label}</span>
      <span className={`quiet ${classes.meaning}`}>{meaning}</span>
    </>
  );
  if (count === 0) return <span className={classes.name}>{name}</span>;
  return (
    <button type="button" className={classes.name} aria-expanded={isShown} onClick={() => onShow(outcome)}>
      {name}
    </button>
  );
}

function Remarks({ ledger }: { ledger: ImportLedger }) {
  const repaired = ledger.repairs.reduce((sum, { count }) => sum + count, 0);
  return (
    <>
      {repaired > 0 && <Text size="sm">{text.ledger.repaired(repaired)}</Text>}
      {ledger.windows1252LineCount > 0 && <Text size="sm">{text.ledger.windows1252(ledger.windows1252LineCount)}</Text>}
    </>
  );
}
