import { Checkbox, Group, SegmentedControl, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FormDialog } from '../../../parts/dialog.tsx';
import { RolesInput } from '../../../parts/roles-input.tsx';
import { useChange } from '../../../parts/use-change.ts';
import { type Credentials, register } from './application-calls.ts';
import {
  type ApplicationForm,
  authenticationTypes,
  bodyOf,
  emptyForm,
  environments,
  isComplete,
  scopes,
} from './new-application.ts';
import { text } from './text.ts';

type Change = (change: Partial<ApplicationForm>) => void;

/** A new application, with a secret at once: it gets no tokens without one. */
export function RegisterApplication(props: { close: () => void; made: (credentials: Credentials) => void }) {
  const [form, setForm] = useState(emptyForm);
  const change: Change = (part) => setForm((before) => ({ ...before, ...part }));
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
      <Identity form={form} change={change} />
      {form.authenticationType === 'clientCredentials' ? (
        <RolesInput
          label={text.form.roles}
          description={text.form.rolesHint}
          value={form.roles}
          change={(roles) => change({ roles })}
        />
      ) : (
        <Textarea
          label={text.form.redirectUris}
          description={text.form.redirectUrisHint}
          autosize
          minRows={2}
          required
          value={form.redirectUris}
          onChange={({ currentTarget: { value } }) => change({ redirectUris: value })}
        />
      )}
      <Scopes form={form} change={change} />
      <Checkbox
        label={text.form.withKey}
        checked={form.withKey}
        onChange={({ currentTarget: { checked } }) => change({ withKey: checked })}
      />
    </FormDialog>
  );
}

function Identity({ form, change }: { form: ApplicationForm; change: Change }) {
  return (
    <>
      <Group align="flex-start" gap="md">
        <TextInput
          flex="2 1 220px"
          label={text.form.name}
          value={form.name}
          maxLength={80}
          required
          data-autofocus
          onChange={({ currentTarget: { value } }) => change({ name: value })}
        />
        <Select
          flex="1 1 140px"
          label={text.form.environment}
          data={environments.map((value) => ({ value, label: text.environments[value] }))}
          value={form.environment}
          allowDeselect={false}
          onChange={(value) => {
            const environment = environments.find((known) => known === value);
            if (environment !== undefined) change({ environment });
          }}
        />
      </Group>
      <Stack gap={4}>
        <Text size="sm" fw={500} aria-hidden>
          {text.form.acts}
        </Text>
        <SegmentedControl
          fullWidth
          aria-label={text.form.acts}
          data={authenticationTypes.map((value) => ({ value, label: text.acts[value] }))}
          value={form.authenticationType}
          onChange={(value) => change({ authenticationType: value })}
        />
      </Stack>
    </>
  );
}

function Scopes({ form, change }: { form: ApplicationForm; change: Change }) {
  return (
    <Checkbox.Group
      label={text.form.scopes}
      description={text.form.scopesHint}
      value={[...form.scopes]}
      onChange={(chosen) => change({ scopes: scopes.filter((scope) => chosen.includes(scope)) })}
    >
      <Stack gap="xs" mt="sm">
        {scopes.map((scope) => (
          <Checkbox key={scope} value={scope} label={scope} description={text.scopes[scope]} />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}
