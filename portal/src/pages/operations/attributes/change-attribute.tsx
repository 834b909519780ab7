import { answered, answeredWithTag, api, done } from '../../../api/client.ts';
import { ConfirmDialog, FormDialog } from '../../../parts/dialog.tsx';
import { useChange } from '../../../parts/use-change.ts';
import { useForm } from '../../../parts/use-form.ts';
import { AttributeFields } from './attribute-fields.tsx';
import { type Attribute, type AttributeForm, formOf, isComplete, patchOf } from './new-attribute.ts';
import { text } from './text.ts';

const address = '/service/customerAttributes/{customerAttributeId}';

/** Its label, its limits, and whether it is restricted. */
export function ChangeAttribute({ row, close }: { row: Attribute; close: () => void }) {
  const [form, change] = useForm(formOf(row));
  const save = useChange({
    change: async (sent: AttributeForm) =>
      await answered(api.PATCH(address, { params: await taggedParams(row), body: patchOf(sent) })),
    refreshes: [['attributes'], ['filterTypes']],
    says: ({ label, name }) => text.changed(label ?? name),
    showsProblemItself: true,
    onDone: close,
  });
  return (
    <FormDialog
      title={text.changeTitle(row.label ?? row.name)}
      close={close}
      submit={() => save.mutate(form)}
      submitLabel={text.form.save}
      isBusy={save.isPending}
      isDisabled={!isComplete(form)}
      error={save.error}
    >
      <AttributeFields form={form} change={change} isNew={false} />
    </FormDialog>
  );
}

export function DeleteAttribute({ row, close }: { row: Attribute; close: () => void }) {
  const remove = useChange({
    change: async () => await done(api.DELETE(address, { params: await taggedParams(row) })),
    refreshes: [['attributes'], ['filterTypes']],
    says: () => text.deleted(row.label ?? row.name),
    showsProblemItself: true,
    onDone: close,
  });
  return (
    <ConfirmDialog
      title={text.confirmTitle(row.label ?? row.name)}
      body={text.confirm}
      close={close}
      confirm={() => remove.mutate(undefined)}
      confirmLabel={text.delete}
      isBusy={remove.isPending}
      error={remove.error}
    />
  );
}

async function taggedParams({ id }: Attribute) {
  const path = { customerAttributeId: id };
  const { tag } = await answeredWithTag(api.GET(address, { params: { path } }));
  return { path, header: { 'if-match': tag } };
}
