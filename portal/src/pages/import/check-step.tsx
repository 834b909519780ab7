import { Button, Group, Stack, Title } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useRef } from 'react';
import { ButtonLink } from '../../parts/link.tsx';
import classes from './import.module.css';
import { LedgerView } from './ledger/ledger-view.tsx';
import { shapeOfList } from './line-texts/line-source.ts';
import { Notice } from './notice.tsx';
import { importedSearchOf } from './search.ts';
import { SendingProblem } from './sending-problem.tsx';
import { Suggestions } from './suggestions.tsx';
import { text } from './text.ts';
import { importStore, useImportDraft } from './use-import.ts';

/** Step 2: what the audience would be, and what became of each line; nothing is made yet. */
export function CheckStep() {
  const { check, list, problem } = useImportDraft();
  const navigate = useNavigate();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const source = useMemo(() => list && { file: list.file, shape: shapeOfList(list) }, [list]);
  if (check === undefined) return null;
  const { ledger, refusal } = check;

  const create = async () => {
    const search = list === undefined ? {} : importedSearchOf(list);
    const begun = await importStore.create();
    if (begun !== undefined) {
      await navigate({
        to: '/import/$importId',
        params: { importId: begun.id },
        search,
        replace: true,
      });
    } else if (importStore.get().problem?.name === 'audienceNameTaken') {
      await navigate({ to: '/import', search: {}, replace: true });
    }
  };

  return (
    <Stack gap="lg">
      {problem !== undefined && <SendingProblem problem={problem} purpose="create" retry={() => void create()} />}
      <section className={classes.card} aria-labelledby="check-title">
        <Stack gap="lg">
          <Title order={2} size="h3" id="check-title" tabIndex={-1} ref={heading} className={classes.heading}>
            {refusal === undefined ? text.check.title(ledger.customerCount) : text.check.nobody}
          </Title>
          {refusal !== undefined && <Notice tone="orange">{text.check.nobodyBody}</Notice>}
          <Suggestions ledger={ledger} />
          <LedgerView ledger={ledger} source={source} />
        </Stack>
      </section>
      <Group>
        {refusal === undefined && (
          <Button size="md" onClick={() => void create()}>
            {text.check.create(ledger.customerCount)}
          </Button>
        )}
        <ButtonLink to="/import" search={{}} variant="default" size="md">
          {text.check.back}
        </ButtonLink>
      </Group>
    </Stack>
  );
}
