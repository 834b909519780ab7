import { Group, Stack, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { api, done } from '../../api/client.ts';
import { problemOfError } from '../../api/problem.ts';
import { useMay } from '../../app/session.tsx';
import { ButtonLink } from '../../parts/link.tsx';
import { Page } from '../../parts/page.tsx';
import { LoadingState, ProblemState } from '../../parts/states.tsx';
import { formatMoment } from '../../text/en.ts';
import classes from './import.module.css';
import { StepsHead } from './import-page.tsx';
import { importedQuery, useProgress } from './imported-query.ts';
import { LedgerView } from './ledger/ledger-view.tsx';
import { shapeOfImport } from './line-texts/line-source.ts';
import { Notice } from './notice.tsx';
import { RejectsCard } from './rejects-card.tsx';
import { ImportRunning } from './running-import.tsx';
import { type ImportLedger, isOpen } from './sending/import-ledger.ts';
import { text } from './text.ts';
import { importStore } from './use-import.ts';

/** Step 3, at an address of its own: how an import goes, or how it went. */
export function ImportedPage() {
  const { importId } = useParams({ from: '/import/$importId' });
  const { data, error, refetch } = useQuery(importedQuery(importId));
  useProgress(data);
  return (
    <Page
      title={text.title}
      lead={data && text.result.started(data.fileName, formatMoment(data.createdAt))}
      actions={<AnotherLink />}
    >
      <StepsHead active={2} canCheck={false} />
      {error !== null && <ProblemState error={error} retry={refetch} />}
      {data === undefined && error === null && <LoadingState />}
      {data !== undefined && (isOpen(data) ? <Running ledger={data} /> : <Result ledger={data} />)}
    </Page>
  );
}

function AnotherLink() {
  const may = useMay();
  if (!may('importLists')) return null;
  return (
    <ButtonLink to="/import" search={{}} variant="default">
      {text.result.again}
    </ButtonLink>
  );
}

function Running({ ledger }: { ledger: ImportLedger }) {
  const cancel = useMutation({
    mutationFn: () =>
      done(api.DELETE('/service/customerAudienceImports/{importId}', { params: { path: { importId: ledger.id } } })),
    onError: (error) => {
      const { title, detail } = problemOfError(error);
      notifications.show({ color: 'red', title, message: detail ?? '' });
    },
  });
  return <ImportRunning ledger={ledger} isCanceling={cancel.isPending} onCancel={() => cancel.mutate()} />;
}

function Result({ ledger }: { ledger: ImportLedger }) {
  const { wide = false } = useSearch({ from: '/import/$importId' });
  const file = importStore.fileOf(ledger.id);
  const source = useMemo(
    () => file && { file, shape: shapeOfImport(ledger, { hasColumns: wide }) },
    [file, ledger, wide],
  );
  return (
    <Stack gap="lg">
      <section className={classes.card} aria-labelledby="result-title">
        <Stack gap="lg">
          <Group justify="space-between">
            <Title order={2} size="h3" id="result-title">
              {titleOf(ledger)}
            </Title>
            {ledger.customerAudienceId !== undefined && (
              <ButtonLink to="/audiences/$audienceId" params={{ audienceId: ledger.customerAudienceId }} size="md">
                {text.result.open}
              </ButtonLink>
            )}
          </Group>
          <Explanation ledger={ledger} />
          {ledger.state !== 'canceled' && <LedgerView ledger={ledger} source={source} />}
        </Stack>
      </section>
      {ledger.state !== 'canceled' && ledger.state !== 'failed' && <RejectsCard ledger={ledger} />}
    </Stack>
  );
}

function titleOf({ state, mode, customerCount }: ImportLedger): string {
  if (state === 'canceled') return text.result.canceled;
  if (state === 'failed') return text.result.failed;
  if (state === 'rejected') return text.result.rejected;
  if (state === 'preview') return text.check.title(customerCount);
  return mode === 'create' ? text.result.completed(customerCount) : text.result.changed(customerCount);
}

function Explanation({ ledger }: { ledger: ImportLedger }) {
  const { state, problem } = ledger;
  if (state === 'canceled') return <Text>{text.result.canceledBody}</Text>;
  if (state === 'preview') return <Notice tone="blue">{text.result.preview}</Notice>;
  if (problem === undefined) return null;
  return (
    <Notice tone="orange" title={problem.title}>
      {problem.detail}
    </Notice>
  );
}
