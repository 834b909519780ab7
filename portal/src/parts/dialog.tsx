import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { text } from '../text/en.ts';
import { useReturnFocus } from './return-focus.ts';
import { ProblemState } from './states.tsx';

interface DialogProps {
  readonly title: string;
  readonly close: () => void;
  readonly children: ReactNode;
  readonly size?: string;
  /** Only a button inside ends it: a slip must not take away what cannot be shown again. */
  readonly isHeld?: boolean;
}

/** Something to read or to do before one goes on; it is made when it opens, so it begins anew each time. */
export function Dialog({ title, close, children, size = 'md', isHeld = false }: DialogProps) {
  useReturnFocus();
  return (
    <Modal
      opened
      returnFocus={false}
      onClose={close}
      title={title}
      size={size}
      withCloseButton={!isHeld}
      closeOnEscape={!isHeld}
      closeOnClickOutside={!isHeld}
      closeButtonProps={{ 'aria-label': text.dialog.close }}
      styles={{ title: { fontWeight: 650, fontSize: 'var(--mantine-font-size-lg)' } }}
    >
      {children}
    </Modal>
  );
}

interface FormDialogProps extends DialogProps {
  readonly submit: () => void;
  readonly submitLabel: string;
  readonly isBusy: boolean;
  readonly error: unknown;
  /** What to do about it, where something but another press helps. */
  readonly retry?: (() => unknown) | undefined;
  readonly isDisabled?: boolean;
  readonly color?: string;
  /** Another thing to do with what was entered. */
  readonly besides?: ReactNode;
}

/** A form in a dialog; what the server refuses stands above its buttons. */
export function FormDialog(props: FormDialogProps) {
  const { submit, submitLabel, isBusy, error, retry, isDisabled = false, color, besides, children, ...dialog } = props;
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (!isBusy && !isDisabled) submit();
  };
  return (
    <Dialog {...dialog}>
      <form onSubmit={send} noValidate>
        <Stack gap="md">
          {children}
          {error !== null && error !== undefined && <ProblemState error={error} retry={retry} />}
          <Group justify="flex-end" gap="sm" mt="xs">
            {besides}
            <Button variant="default" onClick={dialog.close}>
              {text.dialog.cancel}
            </Button>
            <Button type="submit" loading={isBusy} disabled={isDisabled} {...(color === undefined ? {} : { color })}>
              {submitLabel}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

interface ConfirmDialogProps extends Omit<FormDialogProps, 'children' | 'submit' | 'submitLabel'> {
  readonly body: string;
  readonly confirm: () => void;
  readonly confirmLabel: string;
  /** It takes something away. */
  readonly isGrave?: boolean;
}

/** Asks before what cannot be undone. */
export function ConfirmDialog({ body, confirm, confirmLabel, isGrave = true, ...dialog }: ConfirmDialogProps) {
  return (
    <FormDialog submit={confirm} submitLabel={confirmLabel} {...(isGrave ? { color: 'red.9' } : {})} {...dialog}>
      <Text size="sm">{body}</Text>
    </FormDialog>
  );
}
