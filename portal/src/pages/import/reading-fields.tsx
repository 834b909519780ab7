import { Button, Checkbox, Group, Select, Stack, Text } from '@mantine/core';
import { identifierTypeWords } from '../../text/words.ts';
import { isRepairable } from './audience-details.ts';
import { CharsetField } from './charset-field.tsx';
import type { ChosenList } from './import-store.ts';
import { Notice } from './notice.tsx';
import { identifierTypes } from './reading/identifier-types.ts';
import { withGuessedType } from './reading/list-choices.ts';
import { readColumn } from './reading/list-head.ts';
import { text } from './text.ts';
import { importStore, useImportDraft } from './use-import.ts';
import { columnLetters } from './workbook/column-letters.ts';

/** How the list is to be read: what was found stands there, with the reason, and can be said otherwise. */
export function ReadingFields({ list: { head, choices, workbook } }: { list: ChosenList }) {
  const { columns } = head.layout;
  const column = columns[(choices.column ?? 1) - 1];
  const { guess, damage } = column === undefined ? {} : readColumn(column, choices.hasHeader);
  const isGuessed = guess?.type === choices.identifierType;
  const why = guess === undefined ? text.list.noValues : isGuessed ? text.list.because(guess) : text.list.chosen;
  return (
    <Stack gap="md">
      <Group gap="lg" align="flex-start" grow preventGrowOverflow={false}>
        {columns.length > 1 && (
          <Select
            label={text.list.column}
            maw={400}
            allowDeselect={false}
            data={columns.map(({ position, first }) => ({
              value: String(position),
              label: text.list.columnOption(
                workbook === undefined ? String(position) : columnLetters(position),
                choices.hasHeader ? first : '',
              ),
            }))}
            value={String(choices.column ?? 1)}
            onChange={(value) =>
              importStore.changeChoices(withGuessedType(head, { ...choices, column: Number(value) }))
            }
          />
        )}
        <Select
          label={text.list.type}
          maw={400}
          allowDeselect={false}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          description={why}
          data={identifierTypes.map((type) => ({ value: type, label: identifierTypeWords[type] }))}
          value={choices.identifierType}
          onChange={(value) => {
            const identifierType = identifierTypes.find((type) => type === value);
            if (identifierType !== undefined) importStore.changeChoices({ ...choices, identifierType });
          }}
        />
        {workbook === undefined && <CharsetField head={head} />}
      </Group>
      <Checkbox
        label={text.list.header}
        checked={choices.hasHeader}
        onChange={({ currentTarget: { checked } }) =>
          importStore.changeChoices(withGuessedType(head, { ...choices, hasHeader: checked }))
        }
      />
      {damage !== undefined && (
        <DamageWarnings lostZeros={isRepairable(choices) ? damage.lostZeros : 0} scientific={damage.scientific} />
      )}
    </Stack>
  );
}

function DamageWarnings({ lostZeros, scientific }: { lostZeros: number; scientific: number }) {
  const { restoreLeadingZeros } = useImportDraft().details;
  return (
    <>
      {lostZeros > 0 && (
        <Notice tone="yellow" title={text.list.lostZeros.title}>
          <Stack gap="xs" align="flex-start">
            {text.list.lostZeros.body(lostZeros)}
            {restoreLeadingZeros ? (
              <Text size="sm" fw={600} role="status">
                {text.list.lostZeros.applied}
              </Text>
            ) : (
              <Button
                size="xs"
                variant="default"
                onClick={() => importStore.changeDetails({ restoreLeadingZeros: true })}
              >
                {text.list.lostZeros.apply}
              </Button>
            )}
          </Stack>
        </Notice>
      )}
      {scientific > 0 && (
        <Notice tone="yellow" title={text.list.scientific.title}>
          {text.list.scientific.body(scientific)}
        </Notice>
      )}
    </>
  );
}
