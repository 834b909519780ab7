import { Text } from '@mantine/core';
import { FormDialog } from '../../../parts/dialog.tsx';
import { useChange } from '../../../parts/use-change.ts';
import { useForm } from '../../../parts/use-form.ts';
import { type Application, applicationCalls } from './application-calls.ts';
import { ApplicationFields } from './application-fields.tsx';
import { type ApplicationForm, formOf, isComplete, patchOf } from './new-application.ts';
import { text } from './text.ts';

/** What it is called and what it may do; how it acts stays. */
export function ChangeApplication({ application, close }: { application: Application; close: () => void }) {
  const [form, change] = useForm(formOf(application));
  const save = useChange({
    change: (sent: ApplicationForm) => applicationCalls.change(application.id, patchOf(application, sent)),
    refreshes: [['applications']],
    says: ({ name }) => text.said.changed(name),
    showsProblemItself: true,
    onDone: close,
  });
  return (
    <FormDialog
      title={text.form.changeTitle(application.name)}
      close={close}
      submit={() => save.mutate(form)}
      submitLabel={text.form.save}
      isBusy={save.isPending}
      isDisabled={!isComplete(form)}
      error={save.error}
      size="lg"
    >
      <Text size="sm" className="quiet">
        {text.form.changeLead}
      </Text>
      <ApplicationFields form={form} change={change} isNew={false} />
    </FormDialog>
  );
}
