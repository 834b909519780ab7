import { Stack, Text, Title } from '@mantine/core';
import { LedgerBar } from '../../../parts/ledger/ledger-bar.tsx';
import { type Outcome, partsOf } from '../../../parts/ledger/ledger-parts.ts';
import type { LineSource } from '../line-texts/read-line-texts.ts';
import type { ImportLedger } from '../sending/import-ledger.ts';
import { text } from '../text.ts';
import { LinesPanel } from './lines-panel.tsx';

interface Props {
  readonly ledger: ImportLedger;
  /** Where the text of each line is, while the file is at hand. */
  readonly source?: LineSource | undefined;
  /** The part whose lines are shown. */
  readonly shown: Outcome | undefined;
  readonly onShow: (outcome: Outcome | undefined) => void;
}

/** What became of each line, and the lines of the part that was chosen. */
export function LedgerView({ ledger, source, shown, onShow }: Props) {
  const show = (outcome: Outcome) => onShow(outcome === shown ? undefined : outcome);
  const part = partsOf(ledger).find(({ outcome, count }) => outcome === shown && count > 0);
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
      <LedgerBar ledger={ledger} linesAt={{ place: 'here', shown, show }} />
      <Remarks ledger={ledger} />
      {part !== undefined && (
        <LinesPanel key={part.outcome} ledger={ledger} part={part} source={source} onClose={() => onShow(undefined)} />
      )}
    </Stack>
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
