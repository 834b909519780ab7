import { Box, Button, Group, Stack, Text, Title } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { charsetName } from './charset-field.tsx';
import { DetailsFields } from './details-fields.tsx';
import { EditFields } from './edit/edit-fields.tsx';
import classes from './import.module.css';
import type { ChosenList } from './import-store.ts';
import { ListPreview } from './list-preview.tsx';
import { ReadingFields } from './reading-fields.tsx';
import { atStep } from './search.ts';
import { SendingProblem } from './sending-problem.tsx';
import { formatBytes, text } from './text.ts';
import { useGoOn } from './use-go-on.ts';
import { importStore, useImportDraft } from './use-import.ts';
import { SheetFields } from './workbook/sheet-fields.tsx';
import { SheetPreview } from './workbook/sheet-preview.tsx';
import { text as workbookText } from './workbook/text.ts';

/** What was found in the list, how it is to be read, and what becomes of the audience. */
export function ChosenListForm({ list }: { list: ChosenList }) {
  const { details, edit, problem, isReading } = useImportDraft();
  const navigate = useNavigate();
  const goOn = useGoOn();
  const nameField = useRef<HTMLInputElement>(null);
  const [isTouched, setTouched] = useState(false);
  const isTaken = problem?.name === 'audienceNameTaken';
  const isMissing = edit === undefined && details.name.trim() === '';
  useEffect(() => {
    if (isTaken) nameField.current?.focus();
  }, [isTaken]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTouched(true);
    if (isMissing) return nameField.current?.focus();
    await importStore.check();
    const { check, problem: stopped } = importStore.get();
    const go = () => navigate({ to: '/import', search: atStep(check === undefined ? 'list' : 'check', edit) });
    if (check !== undefined) await goOn(text.elsewhere.checked(list.file.name), go);
    else if (stopped !== undefined) await goOn(text.elsewhere.stopped(list.file.name), go);
  };

  const nameError = isTaken ? text.details.nameTaken : isTouched && isMissing ? text.details.nameMissing : undefined;
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="lg">
        {problem !== undefined && !isTaken && <SendingProblem problem={problem} purpose="check" />}
        <section className={classes.card} aria-labelledby="list-title">
          <Stack gap="md">
            <ListFacts list={list} />
            {list.workbook !== undefined && <SheetFields workbook={list.workbook} />}
            {list.workbook === undefined ? <ListPreview list={list} /> : <SheetPreview list={list} />}
            <ReadingFields list={list} />
          </Stack>
        </section>
        <section className={classes.card} aria-labelledby="details-title">
          {edit === undefined ? (
            <DetailsFields nameField={nameField} nameError={nameError} choices={list.choices} />
          ) : (
            <EditFields edit={edit} choices={list.choices} />
          )}
        </section>
        <Group>
          <Button type="submit" size="md" loading={isReading}>
            {text.details.check}
          </Button>
          <Text size="sm" className="quiet">
            {edit === undefined ? text.details.checkHint : text.details.checkHintOfEdit}
          </Text>
        </Group>
      </Stack>
    </form>
  );
}

function ListFacts({ list }: { list: ChosenList }) {
  const { file } = list;
  const heading = useRef<HTMLHeadingElement>(null);
  // What the list was chosen with is gone; a problem above takes the focus before.
  useEffect(() => {
    if (document.activeElement === document.body) heading.current?.focus();
  }, []);
  return (
    <Group justify="space-between" align="flex-start">
      <Box flex="1 1 240px">
        <Title order={2} size="h4" id="list-title" tabIndex={-1} ref={heading} className={classes.heading}>
          {file.name}
        </Title>
        <Text size="sm" className="quiet figures">
          {factsOf(list).join(' · ')}
        </Text>
      </Box>
      <Button variant="default" size="sm" onClick={() => importStore.startOver()}>
        {text.list.another}
      </Button>
    </Group>
  );
}

function factsOf({ file, head, isZipped, lineEstimate, choices, workbook }: ChosenList): readonly string[] {
  if (workbook !== undefined) {
    const { source, sheets, sheet, lineCount } = workbook;
    const name = sheets[sheet]?.name ?? '';
    return [formatBytes(source.size), workbookText.ofSheet(name), workbookText.rows(lineCount)];
  }
  return [
    formatBytes(file.size),
    ...(isZipped ? [text.list.packed] : []),
    ...(lineEstimate === undefined
      ? []
      : [head.isWhole ? text.list.exactly(lineEstimate) : text.list.about(lineEstimate)]),
    charsetName(head),
    choices.column === undefined ? text.list.oneValue : text.list.delimiters[head.layout.delimiter],
  ];
}
