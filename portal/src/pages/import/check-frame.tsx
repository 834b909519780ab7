import { Group, Stack, Title } from '@mantine/core';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import type { Outcome } from '../../parts/ledger/ledger-parts.ts';
import { ButtonLink } from '../../parts/link.tsx';
import classes from './import.module.css';
import { LedgerView } from './ledger/ledger-view.tsx';
import { shapeOfList } from './line-texts/line-source.ts';
import { atStep } from './search.ts';
import type { ImportLedger } from './sending/import-ledger.ts';
import { Suggestions } from './suggestions.tsx';
import { text } from './text.ts';
import { useImportDraft } from './use-import.ts';

interface Props {
  readonly title: string;
  readonly ledger: ImportLedger;
  /** Why it could not be carried out. */
  readonly problem: ReactNode;
  /** What carries it out; nothing where there is nothing to do. */
  readonly action: ReactNode;
  /** What is to be known of it before its lines. */
  readonly children: ReactNode;
}

/** What a dry run found: what it would come to, what became of each line, and the way on. */
export function CheckFrame({ title, ledger, problem, action, children }: Props) {
  const { edit, list } = useImportDraft();
  const source = useMemo(() => list && { file: list.file, shape: shapeOfList(list) }, [list]);
  const [shown, setShown] = useState<Outcome>();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <Stack gap="lg">
      {problem}
      <section className={classes.card} aria-labelledby="check-title">
        <Stack gap="lg">
          <Title order={2} size="h3" id="check-title" tabIndex={-1} ref={heading} className={classes.heading}>
            {title}
          </Title>
          {children}
          <Suggestions ledger={ledger} />
          <LedgerView ledger={ledger} source={source} shown={shown} onShow={setShown} />
        </Stack>
      </section>
      <Group>
        {action}
        <ButtonLink to="/import" search={atStep('list', edit)} variant="default" size="md">
          {text.check.back}
        </ButtonLink>
      </Group>
    </Stack>
  );
}
