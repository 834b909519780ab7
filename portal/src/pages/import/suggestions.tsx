import { Button, Group, Stack, Text } from '@mantine/core';
import { IconBulb } from '@tabler/icons-react';
import { Notice } from './notice.tsx';
import type { ImportLedger } from './sending/import-ledger.ts';
import { text } from './text.ts';
import { importStore } from './use-import.ts';

type Suggestion = ImportLedger['suggestions'][number];

/** What would make more lines match; a press applies it and checks again. */
export function Suggestions({ ledger }: { ledger: ImportLedger }) {
  if (ledger.suggestions.length === 0) return null;
  return (
    <Notice tone="blue" title={text.suggestions.title} icon={<IconBulb size={18} aria-hidden />}>
      <Stack gap="sm">
        {ledger.suggestions.map((suggestion) => {
          const { body, action } = wordsOf(suggestion, ledger);
          return (
            <Group key={action} justify="space-between">
              <Text size="sm">{body}</Text>
              <Button size="xs" variant="default" onClick={() => apply(suggestion)}>
                {action}
              </Button>
            </Group>
          );
        })}
      </Stack>
    </Notice>
  );
}

function wordsOf(suggestion: Suggestion, ledger: ImportLedger): { body: string; action: string } {
  if (suggestion.kind === 'repair') {
    return {
      body: text.suggestions.zeros(suggestion.matchedCountAfter - ledger.matchedCount),
      action: text.suggestions.applyZeros,
    };
  }
  const { identifierType, sampleMatchedPercent, sampleSize } = suggestion;
  return {
    body: text.suggestions.type(identifierType, sampleMatchedPercent, sampleSize),
    action: text.suggestions.applyType(identifierType),
  };
}

function apply(suggestion: Suggestion): void {
  const { list } = importStore.get();
  if (suggestion.kind === 'repair') importStore.changeDetails({ restoreLeadingZeros: true });
  else if (list !== undefined) {
    importStore.changeChoices({ ...list.choices, identifierType: suggestion.identifierType });
  }
  void importStore.check();
}
