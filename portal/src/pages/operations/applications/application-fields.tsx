import { Checkbox, Group, SegmentedControl, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { ChoiceSelect } from '../../../parts/choice-select.tsx';
import { RolesInput } from '../../../parts/roles-input.tsx';
import type { ChangeForm } from '../../../parts/use-form.ts';
import { type ApplicationForm, authenticationTypes, environments, scopes } from './new-application.ts';
import { text } from './text.ts';

interface Props {
  readonly form: ApplicationForm;
  readonly change: ChangeForm<ApplicationForm>;
}

/** What can be said of an application when it is registered, and afterwards. */
export function ApplicationFields({ form, change, isNew }: Props & { isNew: boolean }) {
  return (
    <>
      <Identity form={form} change={change} />
      {isNew && <Acts form={form} change={change} />}
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
    </>
  );
}

function Identity({ form, change }: Props) {
  return (
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
      <ChoiceSelect
        flex="1 1 140px"
        label={text.form.environment}
        values={environments}
        words={text.environments}
        value={form.environment}
        change={(environment) => change({ environment })}
      />
    </Group>
  );
}

/** Stays as it was chosen. */
function Acts({ form, change }: Props) {
  return (
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
  );
}

function Scopes({ form, change }: Props) {
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
