import { Select } from '@mantine/core';
import type { ListHead } from './reading/list-head.ts';
import { chosenCharsets } from './reading/list-text.ts';
import { text } from './text.ts';
import { importStore, useImportDraft } from './use-import.ts';

const found = 'found';

/** Which characters the bytes of a list stand for: what was found, until the person says otherwise. */
export function CharsetField({ head }: { head: ListHead }) {
  const { isReading } = useImportDraft();
  const foundLabel = head.isCharsetChosen ? text.list.charactersFind : text.list.charactersFound(charsetName(head));
  return (
    <Select
      label={text.list.characters}
      maw={400}
      allowDeselect={false}
      disabled={isReading}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      description={text.list.charactersHint}
      data={[
        { value: found, label: foundLabel },
        ...chosenCharsets.map((charset) => ({ value: charset, label: text.list.charset[charset] })),
      ]}
      value={head.isCharsetChosen ? head.charset : found}
      onChange={(value) => {
        const charset = chosenCharsets.find((known) => known === value);
        void importStore.readAgain(charset === undefined ? {} : { charset });
      }}
    />
  );
}

/** Without a chosen one, lines that are not UTF-8 are windows-1252; the others stay UTF-8. */
export function charsetName({ charset, isCharsetChosen }: ListHead): string {
  return charset === 'windows-1252' && !isCharsetChosen ? text.list.mixed : text.list.charset[charset];
}
