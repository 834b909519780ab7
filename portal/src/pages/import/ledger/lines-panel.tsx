import { Button, CloseButton, Group, Select, Text, Title } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { LedgerPart } from '../../../parts/ledger/ledger-parts.ts';
import { text as ledgerText } from '../../../parts/ledger/text.ts';
import { LoadingState, ProblemState } from '../../../parts/states.tsx';
import { formatCount } from '../../../text/en.ts';
import type { LineSource } from '../line-texts/read-line-texts.ts';
import { useLineTexts } from '../line-texts/use-line-texts.ts';
import type { ImportLedger } from '../sending/import-ledger.ts';
import { reasonText, text } from '../text.ts';
import classes from './ledger.module.css';
import { linesPage, linesQuery } from './lines-query.ts';

interface Props {
  readonly ledger: ImportLedger;
  readonly part: LedgerPart;
  /** The list itself, where this window has it: its lines are shown beside their numbers. */
  readonly source: LineSource | undefined;
  readonly onClose: () => void;
}

/** The lines of one part by their numbers, with the reason where there is one. */
export function LinesPanel({ ledger, part, source, onClose }: Props) {
  const [reason, setReason] = useState('');
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery(
    linesQuery({ importId: ledger.id, outcome: part.outcome, reason }),
  );
  const rows = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data]);
  const texts = useLineTexts(source, rows);
  const count = data?.pages[0]?.count ?? part.count;
  const isInvalid = part.outcome === 'invalid';
  const { label } = ledgerText.outcomes[part.outcome];
  return (
    <section className={classes.panel} aria-labelledby="lines-title">
      <Group justify="space-between" mb="sm" wrap="nowrap">
        <Title order={4} size="h5" id="lines-title" tabIndex={-1} ref={heading} className={classes.heading}>
          {text.linesPanel.title(label, part.count)}
        </Title>
        <CloseButton aria-label={text.linesPanel.close} onClick={onClose} />
      </Group>
      {isInvalid && <ReasonFilter ledger={ledger} reason={reason} onReason={setReason} />}
      {error !== null && <ProblemState error={error} retry={refetch} />}
      {data === undefined && error === null && <LoadingState />}
      {rows.length > 0 && (
        <>
          <LinesTable rows={rows} hasReasons={isInvalid} texts={source && 'texts' in texts ? texts.texts : undefined} />
          {source !== undefined && (
            <Text size="sm" className="quiet" mt="xs">
              {'texts' in texts ? text.linesPanel.ownFile : text.linesPanel.ownFileGone}
            </Text>
          )}
          <Group justify="space-between" mt="sm">
            <Text size="sm" className="quiet figures" role="status">
              {text.linesPanel.shown(rows.length, count)}
            </Text>
            {hasNextPage && (
              <Button size="xs" variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                {text.linesPanel.more(Math.min(linesPage, count - rows.length))}
              </Button>
            )}
          </Group>
        </>
      )}
    </section>
  );
}

interface TableProps {
  readonly rows: readonly { recordNumber: number; reason?: string }[];
  readonly hasReasons: boolean;
  readonly texts: ReadonlyMap<number, string> | undefined;
}

function LinesTable({ rows, hasReasons, texts }: TableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the focus (WCAG 2.1.1)
    <section className={classes.lines} aria-label={text.linesPanel.table} tabIndex={0}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th className={classes.figure}>{text.linesPanel.number}</th>
            {hasReasons && <th>{text.linesPanel.reason}</th>}
            <th>{texts === undefined ? '' : text.linesPanel.ownText}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ recordNumber, reason }) => (
            <tr key={recordNumber}>
              <td className={`figures ${classes.figure}`}>{formatCount(recordNumber)}</td>
              {hasReasons && <td>{reason === undefined ? '' : reasonText(reason)}</td>}
              <td>
                {/* Whatever its letters do to the direction of text, they do it in here. */}
                <bdi className={classes.own}>{texts?.get(recordNumber)}</bdi>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function ReasonFilter(props: { ledger: ImportLedger; reason: string; onReason: (reason: string) => void }) {
  const { invalidReasons, invalidCount } = props.ledger;
  if (invalidReasons.length < 2) return null;
  return (
    <Select
      aria-label={text.linesPanel.filter}
      size="xs"
      maw={360}
      mb="sm"
      allowDeselect={false}
      data={[
        { value: '', label: text.linesPanel.allReasons(invalidCount) },
        ...invalidReasons.map(({ reason, count }) => ({
          value: reason,
          label: text.linesPanel.reasonCount(reasonText(reason), count),
        })),
      ]}
      value={props.reason}
      onChange={(value) => props.onReason(value ?? '')}
    />
  );
}
