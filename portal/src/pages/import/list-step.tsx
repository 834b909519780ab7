import { Button, Group, Stack, Tabs, Text, Textarea } from '@mantine/core';
import { IconClipboard, IconFileImport } from '@tabler/icons-react';
import { lazy, Suspense, useDeferredValue, useState } from 'react';
import { LoadingState } from '../../parts/states.tsx';
import { ChosenListForm } from './chosen-list-form.tsx';
import { Notice } from './notice.tsx';
import { text } from './text.ts';
import { importStore, useImportDraft } from './use-import.ts';
import { ReadingShare } from './workbook/reading-share.tsx';

const DropZone = lazy(() => import('./drop-zone.tsx'));

/** Step 1: a list is chosen, looked at, and said how it is to be read. */
export function ListStep() {
  const { list } = useImportDraft();
  // The form is large: it is drawn in small pieces, between which the page answers.
  const isShown = useDeferredValue(list !== undefined);
  return list !== undefined && isShown ? <ChosenListForm list={list} /> : <ChooseList />;
}

function ChooseList() {
  const { isReading, readShare, refused } = useImportDraft();
  const icon = { size: 16, 'aria-hidden': true } as const;
  return (
    <Stack gap="md">
      {refused !== undefined && (
        <Notice tone="orange" isUrgent title={text.refused[refused.problem].title(refused.fileName)}>
          {text.refused[refused.problem].body}
        </Notice>
      )}
      <Tabs defaultValue="file" keepMounted={false}>
        <Tabs.List aria-label={text.paste.ways}>
          <Tabs.Tab value="file" leftSection={<IconFileImport {...icon} />}>
            {text.paste.file}
          </Tabs.Tab>
          <Tabs.Tab value="paste" leftSection={<IconClipboard {...icon} />}>
            {text.paste.paste}
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="file" pt="md">
          <Suspense fallback={<LoadingState />}>
            <DropZone isReading={isReading} onFile={(file) => void importStore.chooseFile(file)} />
          </Suspense>
        </Tabs.Panel>
        <Tabs.Panel value="paste" pt="md">
          <PasteList />
        </Tabs.Panel>
      </Tabs>
      {readShare !== undefined && <ReadingShare share={readShare} onCancel={importStore.startOver} />}
      <Text size="sm" className="quiet">
        {text.drop.private}
      </Text>
    </Stack>
  );
}

function PasteList() {
  const [pasted, setPasted] = useState('');
  return (
    <Stack gap="sm">
      <Textarea
        label={text.paste.label}
        description={text.paste.hint}
        rows={9}
        value={pasted}
        spellCheck={false}
        onChange={({ currentTarget: { value } }) => setPasted(value)}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
      />
      <Group>
        <Button
          disabled={pasted.trim() === ''}
          onClick={() => void importStore.chooseFile(new File([pasted], text.paste.fileName, { type: 'text/plain' }))}
        >
          {text.paste.use}
        </Button>
      </Group>
    </Stack>
  );
}
