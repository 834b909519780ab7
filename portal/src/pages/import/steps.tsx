import { Stepper } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useDeferredValue, useEffect, useLayoutEffect } from 'react';
import { CheckStep } from './check-step.tsx';
import { ListStep } from './list-step.tsx';
import { atStep } from './search.ts';
import { SendingState } from './sending-state.tsx';
import { text } from './text.ts';
import { importStore, useImportDraft } from './use-import.ts';

/** The list and how it is read, and what a dry run says of it. @param audienceId whose members it is to change */
export function Steps({ audienceId }: { audienceId?: string }) {
  const draft = useImportDraft();
  const { step } = useSearch({ from: '/import' });
  const navigate = useNavigate({ from: '/import' });
  const edit = audienceId === undefined ? undefined : { audienceId };
  const isChecked = draft.check !== undefined;
  const isSending = draft.sending !== undefined;
  // There is one list in a window: what it is for follows the view, as soon as it is neither read nor sent.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the end of either is when it can be turned
  useLayoutEffect(() => importStore.aim(audienceId), [audienceId, draft.isReading, isSending]);
  // The views of the steps are large: they are drawn in small pieces, between which the page answers.
  const shown = useDeferredValue(isSending ? 'sending' : step === 'check' && isChecked ? 'check' : 'list');
  useWarningBeforeLeaving(isSending);
  return (
    <>
      <StepsHead
        active={shown === 'list' ? 0 : 1}
        canCheck={isChecked}
        go={(next) => void navigate({ search: atStep(next === 1 ? 'check' : 'list', edit) })}
      />
      {draft.sending !== undefined && <SendingState sending={draft.sending} list={draft.list} />}
      {!isSending && shown === 'check' && <CheckStep />}
      {!isSending && shown === 'list' && <ListStep />}
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
