import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { FormDialog } from '../../../parts/dialog.tsx';
import { RolesInput } from '../../../parts/roles-input.tsx';
import { useChange } from '../../../parts/use-change.ts';
import { type Person, type PersonRole, peopleCalls, type SignInLink } from './people-calls.ts';
import { text } from './text.ts';

/** Somebody new; the link for the first sign-in comes with it, because nothing works without one. */
export function AddPerson(props: { close: () => void; made: (person: Person, link: SignInLink | undefined) => void }) {
  const [name, setName] = useState('');
  const [loginName, setLoginName] = useState('');
  const [roles, setRoles] = useState<readonly PersonRole[]>(['analyst']);
  const add = useChange({
    change: async () => {
      const person = await peopleCalls.add({ name: name.trim(), loginName: loginName.trim(), roles: [...roles] });
      // Without the link the person is there all the same: the way to another one is offered then.
      return { person, link: await peopleCalls.makeLink(person.id).catch(() => undefined) };
    },
    refreshes: [['people']],
    showsProblemItself: true,
    onDone: ({ person, link }) => props.made(person, link),
  });
  return (
    <FormDialog
      title={text.form.addTitle}
      close={props.close}
      submit={() => add.mutate(undefined)}
      submitLabel={text.form.add}
      isBusy={add.isPending}
      isDisabled={name.trim() === '' || loginName.trim() === '' || roles.length === 0}
      error={add.error}
    >
      <NameInput value={name} change={setName} />
      <TextInput
        label={text.form.loginName}
        description={text.form.loginHint}
        value={loginName}
        maxLength={254}
        required
        autoComplete="off"
        onChange={({ currentTarget }) => setLoginName(currentTarget.value)}
      />
      <RolesInput label={text.form.roles} description={text.form.rolesHint} value={roles} change={setRoles} />
    </FormDialog>
  );
}

/** The name, and the whole set of roles. */
export function ChangePerson({ person, close }: { person: Person; close: () => void }) {
  const [name, setName] = useState(person.name);
  const [roles, setRoles] = useState<readonly PersonRole[]>(person.roles);
  const change = useChange({
    change: () => peopleCalls.change(person.id, changesOf(person, { name: name.trim(), roles })),
    refreshes: [['people']],
    says: ({ name: saved }) => text.said.changed(saved),
    showsProblemItself: true,
    onDone: close,
  });
  return (
    <FormDialog
      title={text.form.changeTitle(person.name)}
      close={close}
      submit={() => change.mutate(undefined)}
      submitLabel={text.form.save}
      isBusy={change.isPending}
      isDisabled={name.trim() === ''}
      error={change.error}
    >
      <NameInput value={name} change={setName} />
      <RolesInput label={text.form.roles} description={text.form.rolesHint} value={roles} change={setRoles} />
    </FormDialog>
  );
}

/** Only what differs: who may change the roles need not be allowed to change the name. */
function changesOf(person: Person, { name, roles }: { name: string; roles: readonly PersonRole[] }) {
  const hasSameRoles = roles.length === person.roles.length && roles.every((role) => person.roles.includes(role));
  return { ...(name === person.name ? {} : { name }), ...(hasSameRoles ? {} : { roles: [...roles] }) };
}

function NameInput({ value, change }: { value: string; change: (value: string) => void }) {
  return (
    <TextInput
      label={text.form.name}
      value={value}
      maxLength={80}
      required
      autoComplete="off"
      data-autofocus
      onChange={({ currentTarget }) => change(currentTarget.value)}
    />
  );
}
