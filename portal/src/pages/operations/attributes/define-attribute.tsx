import { answered, api } from '../../../api/client.ts';
import { FormDialog } from '../../../parts/dialog.tsx';
import { useChange } from '../../../parts/use-change.ts';
import { useForm } from '../../../parts/use-form.ts';
import { AttributeFields } from './attribute-fields.tsx';
import { type AttributeForm, bodyOf, emptyForm, isComplete } from './new-attribute.ts';
import { text } from './text.ts';

/** Something new to know of customers; its name and its kind of values stay for good. */
export function DefineAttribute({ close }: { close: () => void }) {
  const [form, change] = useForm(emptyForm);
  const define = useChange({
    change: (sent: AttributeForm) => answered(api.POST('/service/customerAttributes', { body: bodyOf(sent) })),
    refreshes: [['attributes'], ['filterTypes']],
    showsProblemItself: true,
    onDone: close,
  });
  return (
    <FormDialog
      title={text.add}
      close={close}
      submit={() => define.mutate(form)}
      submitLabel={text.form.submit}
      isBusy={define.isPending}
      isDisabled={!isComplete(form)}
      error={define.error}
    >
      <AttributeFields form={form} change={change} isNew />
    </FormDialog>
  );
}
