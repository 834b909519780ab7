import { Select, Stack, TextInput, Title } from '@mantine/core';
import type { RefObject } from 'react';
import { nameMax, purposes } from './audience-details.ts';
import { DescriptionField } from './description-field.tsx';
import { LineFields } from './line-fields.tsx';
import type { ListChoices } from './reading/list-choices.ts';
import { text } from './text.ts';
import { importStore, useImportDraft } from './use-import.ts';

interface Props {
  readonly nameField: RefObject<HTMLInputElement | null>;
  readonly nameError: string | undefined;
  readonly choices: ListChoices;
}

/** The audience to be made. */
export function DetailsFields({ nameField, nameError, choices }: Props) {
  const { details } = useImportDraft();
  const { changeDetails } = importStore;
  return (
    <Stack gap="md" maw={640}>
      <Title order={2} size="h4" id="details-title">
        {text.details.title}
      </Title>
      <TextInput
        ref={nameField}
        label={text.details.name}
        description={text.details.nameHint}
        withAsterisk
        required
        maxLength={nameMax}
        value={details.name}
        error={nameError}
        onChange={({ currentTarget: { value } }) => changeDetails({ name: value })}
      />
      <DescriptionField value={details.description} onChange={(description) => changeDetails({ description })} />
      <Select
        label={text.details.purpose}
        maw={280}
        allowDeselect={false}
        data={purposes.map((purpose) => ({ value: purpose, label: text.details.purposes[purpose] }))}
        value={details.purpose}
        onChange={(value) => {
          const purpose = purposes.find((known) => known === value);
          if (purpose !== undefined) changeDetails({ purpose });
        }}
      />
      <LineFields choices={choices} />
    </Stack>
  );
}
