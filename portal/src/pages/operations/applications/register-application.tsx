import { Checkbox } from '@mantine/core';
import { FormDialog } from '../../../parts/dialog.tsx';
import { useChange } from '../../../parts/use-change.ts';
import { useForm } from '../../../parts/use-form.ts';
import { type Credentials, register } from './application-calls.ts';
import { ApplicationFields } from './application-fields.tsx';
import { type ApplicationForm, bodyOf, emptyForm, isComplete } from './new-application.ts';
import { text } from './text.ts';

/** A new application, with a secret at once: it gets no tokens without one. */
export function RegisterApplication(props: { close: () => void; made: (credentials: Credentials) => void }) {
  const [form, change] = useForm(emptyForm);
  const add = useChange({
    change: (sent: ApplicationForm) => register(bodyOf(sent), { withKey: sent.withKey }),
    refreshes: [['applications']],
    showsProblemItself: true,
    onDone: props.made,
  });
  return (
    <FormDialog
      title={text.form.title}
      close={props.close}
      submit={() => add.mutate(form)}
      submitLabel={text.form.submit}
      isBusy={add.isPending}
      isDisabled={!isComplete(form)}
      error={add.error}
      size="lg"
    >
      <ApplicationFields form={form} change={change} isNew />
      <Checkbox
        label={text.form.withKey}
        checked={form.withKey}
        onChange={({ currentTarget: { checked } }) => change({ withKey: checked })}
      />
    </FormDialog>
  );
}
