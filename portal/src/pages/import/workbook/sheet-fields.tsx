import { Group, Select, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Notice } from '../notice.tsx';
import { importStore, useImportDraft } from '../use-import.ts';
import { ReadingShare } from './reading-share.tsx';
import { text } from './text.ts';
import type { ChosenWorkbook } from './text-file.ts';

/** Which sheet of a workbook is read, and what is to be known of its cells. */
export function SheetFields({ workbook }: { workbook: ChosenWorkbook }) {
  const { isReading, readShare, refused } = useImportDraft();
  const { sheets, sheet, notes } = workbook;
  return (
    <Stack gap="md">
      {sheets.length > 1 && (
        <Group align="flex-end">
          <Select
            label={text.sheet}
            maw={400}
            allowDeselect={false}
            disabled={isReading}
            data={sheets.map(({ name, isHidden }, position) => ({
              value: String(position),
              label: text.sheetOption(name, isHidden),
            }))}
            value={String(sheet)}
            onChange={(value) => void importStore.readAgain({ sheet: Number(value) })}
          />
          {isReading && <ReadingShare share={readShare ?? 0} />}
        </Group>
      )}
      {refused?.problem === 'emptyWorkbook' && (
        <Text size="sm" role="alert">
          {text.refused.emptyWorkbook.body}
        </Text>
      )}
      {notes.lostDigitsCount > 0 && (
        <Notice tone="yellow" title={text.notes.lostDigitsTitle}>
          {text.notes.lostDigits(notes.lostDigitsCount)}
        </Notice>
      )}
      <Remarks>
        {notes.paddedCount > 0 && text.notes.padded(notes.paddedCount)}
        {notes.hiddenRowCount > 0 && text.notes.hidden(notes.hiddenRowCount)}
        {notes.errorCount > 0 && text.notes.errors(notes.errorCount)}
      </Remarks>
    </Stack>
  );
}

function Remarks({ children }: { children: readonly ReactNode[] }) {
  const said = children.filter((remark) => remark !== false);
  if (said.length === 0) return null;
  return (
    <Notice tone="blue">
      {said.map((remark) => (
        <Text key={String(remark)} size="sm">
          {remark}
        </Text>
      ))}
    </Notice>
  );
}
