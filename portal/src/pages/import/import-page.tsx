import { Stepper } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useDeferredValue, useEffect } from 'react';
import { useMay } from '../../app/session.tsx';
import { Page } from '../../parts/page.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { text as shared } from '../../text/en.ts';
import { CheckStep } from './check-step.tsx';
import { ListStep } from './list-step.tsx';
import { RecentImports } from './recent-imports.tsx';
import { SendingState } from './sending-state.tsx';
import { text } from './text.ts';
import { useImportDraft } from './use-import.ts';

/** From a list to an audience: the list and how it is read, what a dry run says of it, and the audience. */
export function ImportPage() {
  const may = useMay();
  if (!may('importLists')) {
    return (
      <Page title={text.title}>
        <EmptyState title={shared.states.forbiddenTitle} body={shared.states.forbidden} />
      </Page>
    );
  }
  return (
    <Page title={text.title} lead={text.lead}>
      <Steps />
    </Page>
  );
}

function Steps() {
  const draft = useImportDraft();
  const { step } = useSearch({ from: '/import' });
  const navigate = useNavigate({ from: '/import' });
  const isChecked = draft.check !== undefined;
  const isSending = draft.sending !== undefined;
  // The views of the steps are large: they are drawn in small pieces, between which the page answers.
  const shown = useDeferredValue(isSending ? 'sending' : step === 'check' && isChecked ? 'check' : 'list');
  useWarningBeforeLeaving(isSending);
  return (
    <>
      <StepsHead
        active={shown === 'list' ? 0 : 1}
        canCheck={isChecked}
        go={(next) => void navigate({ search: next === 1 ? { step: 'check' } : {} })}
      />
      {draft.sending !== undefined && <SendingState sending={draft.sending} list={draft.list} />}
      {!isSending && shown === 'check' && <CheckStep />}
      {!isSending && shown === 'list' && <ListStep />}
      {shown === 'list' && draft.list === undefined && <RecentImports />}
    </>
  );
}

/** Where one is; a step that is behind, or was reached before, is a press away. */
export function StepsHead(props: { active: 0 | 1 | 2; canCheck: boolean; go?: (step: number) => void }) {
  const { active, canCheck, go } = props;
  return (
    <Stepper active={active} size="sm" aria-label={text.steps.label} {...(go === undefined ? {} : { onStepClick: go })}>
      <Stepper.Step label={text.steps.list} allowStepSelect={go !== undefined && active === 1} />
      <Stepper.Step label={text.steps.check} allowStepSelect={go !== undefined && active === 0 && canCheck} />
      <Stepper.Step label={text.steps.done} allowStepSelect={false} />
    </Stepper>
  );
}

/** What is half sent is lost with the window. */
function useWarningBeforeLeaving(isSending: boolean): void {
  useEffect(() => {
    if (!isSending) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [isSending]);
}
