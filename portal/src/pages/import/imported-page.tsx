import { Group, Stack, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { api, done } from '../../api/client.ts';
import { problemOfError } from '../../api/problem.ts';
import { useMay } from '../../app/session.tsx';
import type { Outcome } from '../../parts/ledger/ledger-parts.ts';
import { ButtonLink } from '../../parts/link.tsx';
import { Page } from '../../parts/page.tsx';
import { LoadingState, ProblemState } from '../../parts/states.tsx';
import { formatMoment } from '../../text/en.ts';
import { AudienceLink } from './edit/audience-link.tsx';
import { type Edit, editOf } from './edit/edit.ts';
import { Edited } from './edit/edited.tsx';
import { text as editText } from './edit/text.ts';
import classes from './import.module.css';
import { importedQuery, useProgress } from './imported-query.ts';
import { LedgerView } from './ledger/ledger-view.tsx';
import { shapeOfImport } from './line-texts/line-source.ts';
import { Notice } from './notice.tsx';
import { RejectsCard } from './rejects-card.tsx';
import { ImportRunning } from './running-import.tsx';
import { atStep, withOutcome } from './search.ts';
import { type ImportLedger, isOpen } from './sending/import-ledger.ts';
import { StepsHead } from './steps.tsx';
import { text } from './text.ts';
import { importStore } from './use-import.ts';

/** Step 3, at an address of its own: how an import goes, or how it went. */
export function ImportedPage() {
  const { importId } = useParams({ from: '/import/$importId' });
  const { data, error, refetch } = useQuery(importedQuery(importId));
  useProgress(data);
  const edit = data && editOf(data);
  return (
    <Page
      title={edit === undefined ? text.title : editText.title}
      above={edit && <AudienceLink audienceId={edit.audienceId} />}
      lead={data && text.result.started(data.fileName, formatMoment(data.createdAt))}
      actions={<AnotherLink edit={edit} />}
    >
      <StepsHead active={2} canCheck={false} />
      {error !== null && <ProblemState error={error} retry={refetch} />}
      {data === undefined && error === null && <LoadingState />}
      {data !== undefined && (isOpen(data) ? <Running ledger={data} /> : <Result ledger={data} edit={edit} />)}
    </Page>
  );
}

function AnotherLink({ edit }: { edit: Edit | undefined }) {
  const may = useMay();
  if (!may('importLists')) return null;
  return (
    <ButtonLink to="/import" search={atStep('list', edit)} variant="default">
      {edit === undefined ? text.result.again : editText.result.again}
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

function Result({ ledger, edit }: { ledger: ImportLedger; edit: Edit | undefined }) {
  const isEdited = edit !== undefined && ledger.state === 'completed';
  return (
    <Stack gap="lg">
      <section className={classes.card} aria-labelledby="result-title">
        <Stack gap="lg">
          {isEdited ? <Edited ledger={ledger} audienceId={edit.audienceId} /> : <Head ledger={ledger} edit={edit} />}
          <Explanation ledger={ledger} edit={edit} />
          {ledger.state !== 'canceled' && <Lines ledger={ledger} />}
        </Stack>
      </section>
      {ledger.state !== 'canceled' && ledger.state !== 'failed' && <RejectsCard ledger={ledger} />}
    </Stack>
  );
}

/** Which lines are shown stands in the address: a figure of the ledger elsewhere leads to them. */
function Lines({ ledger }: { ledger: ImportLedger }) {
  const { outcome, wide = false } = useSearch({ from: '/import/$importId' });
  const file = importStore.fileOf(ledger.id);
  const source = useMemo(
    () => file && { file, shape: shapeOfImport(ledger, { hasColumns: wide }) },
    [file, ledger, wide],
  );
  const navigate = useNavigate({ from: '/import/$importId' });
  const show = (next: Outcome | undefined) =>
    void navigate({ search: withOutcome(next), replace: true, resetScroll: false });
  return <LedgerView ledger={ledger} source={source} shown={outcome} onShow={show} />;
}

function Head({ ledger, edit }: { ledger: ImportLedger; edit: Edit | undefined }) {
  const { customerAudienceId: audienceId } = ledger;
  return (
    <Group justify="space-between">
      <Title order={2} size="h3" id="result-title">
        {titleOf(ledger, edit)}
      </Title>
      {audienceId !== undefined && (
        <ButtonLink to="/audiences/$audienceId" params={{ audienceId }} size="md">
          {edit === undefined ? text.result.open : editText.result.back}
        </ButtonLink>
      )}
    </Group>
  );
}

function titleOf(
  { state, mode, customerCount, addedCount = 0, removedCount = 0 }: ImportLedger,
  edit: Edit | undefined,
) {
  if (state === 'canceled') return text.result.canceled;
  if (state === 'failed') return text.result.failed;
  if (state === 'rejected') return edit === undefined ? text.result.rejected : editText.check.nobody;
  if (state !== 'preview')
    return mode === 'create' ? text.result.completed(customerCount) : text.result.changed(customerCount);
  return edit === undefined ? text.check.title(customerCount) : editText.check.change(addedCount, removedCount);
}

function Explanation({ ledger, edit }: { ledger: ImportLedger; edit: Edit | undefined }) {
  const { state, problem } = ledger;
  if (state === 'canceled')
    return <Text>{edit === undefined ? text.result.canceledBody : editText.result.unchanged}</Text>;
  if (state === 'preview') {
    return <Notice tone="blue">{edit === undefined ? text.result.preview : editText.result.preview}</Notice>;
  }
  if (problem === undefined) return null;
  if (problem.type === 'preconditionFailed') {
    return (
      <Notice tone="orange" title={editText.conflict.title}>
        {editText.conflict.after}
      </Notice>
    );
  }
  return (
    <Notice tone="orange" title={problem.title}>
      {problem.detail}
    </Notice>
  );
}
