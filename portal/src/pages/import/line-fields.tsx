import { Checkbox, Radio, Stack } from '@mantine/core';
import { isRepairable } from './audience-details.ts';
import type { ListChoices } from './reading/list-choices.ts';
import { text } from './text.ts';
import { importStore, useImportDraft } from './use-import.ts';

/** What a line may do that names several customers, or lost its zeros. */
export function LineFields({ choices }: { choices: ListChoices }) {
  const { details, edit } = useImportDraft();
  const { changeDetails } = importStore;
  const { include, exclude } = edit === undefined ? text.details : text.details.ofEdit;
  return (
    <>
      <Radio.Group
        label={text.details.matches}
        description={text.details.matchesHint}
        value={details.multipleMatches}
        onChange={(value) => changeDetails({ multipleMatches: value === 'exclude' ? 'exclude' : 'include' })}
      >
        <Stack gap="xs" mt="xs">
          <Radio value="include" label={include} />
          <Radio value="exclude" label={exclude} />
        </Stack>
      </Radio.Group>
      {isRepairable(choices) && (
        <Checkbox
          label={text.details.zeros}
          checked={details.restoreLeadingZeros}
          onChange={({ currentTarget: { checked } }) => changeDetails({ restoreLeadingZeros: checked })}
        />
      )}
    </>
  );
}
