import { Anchor, Button, Checkbox, FileButton, Group, Progress, Stack, Text, Title } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { partsOf } from '../../parts/ledger/ledger-parts.ts';
import { text as ledgerText } from '../../parts/ledger/text.ts';
import { ProblemState } from '../../parts/states.tsx';
import { formatPercent } from '../../text/en.ts';
import classes from './import.module.css';
import { useRejects } from './rejects/use-rejects.ts';
import { type ImportLedger, rejectable } from './sending/import-ledger.ts';
import { text } from './text.ts';
import { importStore } from './use-import.ts';

/** A file of the lines that became nobody, made here from the user's own file. */
export function RejectsCard({ ledger }: { ledger: ImportLedger }) {
  const parts = partsOf(ledger).filter(({ outcome, count }) => count > 0 && rejectable.some((one) => one === outcome));
  if (parts.length === 0) return null;
  return (
    <section className={classes.card} aria-labelledby="rejects-title">
      <Stack gap="md" maw={640}>
        <div>
          <Title order={2} size="h4" id="rejects-title">
            {text.rejects.title}
          </Title>
          <Text size="sm" className="quiet">
            {text.rejects.body}
          </Text>
        </div>
        <RejectsForm ledger={ledger} parts={parts} />
      </Stack>
    </section>
  );
}

function RejectsForm({ ledger, parts }: { ledger: ImportLedger; parts: ReturnType<typeof partsOf> }) {
  const { wide = false, sheet } = useSearch({ from: '/import/$importId' });
  const [chosen, setChosen] = useState<string[]>(parts.map(({ outcome }) => outcome));
  const { state, make, cancel } = useRejects(ledger, { hasColumns: wide, sheet });
  const count = parts.reduce((sum, part) => (chosen.includes(part.outcome) ? sum + part.count : sum), 0);
  const outcomes = rejectable.filter((outcome) => chosen.includes(outcome));
  const known = importStore.fileOf(ledger.id);
  return (
    <>
      <Checkbox.Group label={text.rejects.which} value={chosen} onChange={setChosen}>
        <Stack gap="xs" mt="xs">
          {parts.map(({ outcome, count: ofOutcome }) => (
            <Checkbox
              key={outcome}
              value={outcome}
              label={text.rejects.option(ledgerText.outcomes[outcome].label, ofOutcome)}
            />
          ))}
        </Stack>
      </Checkbox.Group>
      {state.kind === 'making' ? (
        <Group>
          <Progress flex={1} value={state.share * 100} aria-label={text.rejects.making} />
          <Text size="sm" className="figures">
            {formatPercent(state.share)}
          </Text>
          <Button size="xs" variant="default" onClick={cancel}>
            {text.sending.cancel}
          </Button>
        </Group>
      ) : (
        <Group>
          {known !== undefined ? (
            <Button
              disabled={count === 0}
              leftSection={<IconDownload size={16} aria-hidden />}
              onClick={() => make(known, outcomes)}
            >
              {text.rejects.download(count)}
            </Button>
          ) : (
            <ChooseAgain ledger={ledger} isDisabled={count === 0} onFile={(file) => make(file, outcomes)} />
          )}
        </Group>
      )}
      {state.kind === 'made' && (
        <Text size="sm" role="status">
          {text.rejects.made(state.lineCount)}{' '}
          <Anchor href={state.address} download={state.name} underline="always">
            {text.rejects.save}
          </Anchor>
        </Text>
      )}
      {state.kind === 'refused' && (
        <Text size="sm" role="alert">
          {text.rejects[state.problem]}
        </Text>
      )}
      {state.kind === 'problem' && <ProblemState error={state.error} />}
    </>
  );
}

/** The window was closed meanwhile: the browser gives a file only to whoever chooses it again. */
function ChooseAgain(props: { ledger: ImportLedger; isDisabled: boolean; onFile: (file: File) => void }) {
  const { fileName, lineCount } = props.ledger;
  return (
    <>
      <FileButton onChange={(file) => file !== null && props.onFile(file)} disabled={props.isDisabled}>
        {(button) => (
          <Button {...button} disabled={props.isDisabled} variant="default">
            {text.rejects.choose}
          </Button>
        )}
      </FileButton>
      <Text size="sm" className="quiet">
        {text.rejects.chooseHint(fileName, lineCount)}
      </Text>
    </>
  );
}
