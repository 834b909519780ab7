import { Radio, Stack, Text, Title } from '@mantine/core';
import { LineFields } from '../line-fields.tsx';
import type { ListChoices } from '../reading/list-choices.ts';
import { importStore } from '../use-import.ts';
import { type Edit, editModes } from './edit.ts';
import { text } from './text.ts';

/** What the list does with the members that are there. */
export function EditFields({ edit, choices }: { edit: Edit; choices: ListChoices }) {
  return (
    <Stack gap="md" maw={640}>
      <Title order={2} size="h4" id="details-title">
        {text.fields.title}
      </Title>
      <Radio.Group
        label={text.fields.mode}
        value={edit.mode}
        onChange={(value) => {
          const mode = editModes.find((known) => known === value);
          if (mode !== undefined) importStore.changeMode(mode);
        }}
      >
        <Stack gap="xs" mt="xs">
          {editModes.map((mode) => (
            <Radio key={mode} value={mode} label={text.modes[mode].label} description={text.modes[mode].means} />
          ))}
        </Stack>
      </Radio.Group>
      <LineFields choices={choices} />
      <Text size="sm" className="quiet">
        {text.fields.kept}
      </Text>
    </Stack>
  );
}
