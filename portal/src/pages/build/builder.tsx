import { ActionIcon, Alert, Button, Group, Stack, VisuallyHidden } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconArrowBackUp, IconArrowForwardUp, IconTemplate } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useSession } from '../../app/session.tsx';
import { ButtonLink } from '../../parts/link.tsx';
import { Page } from '../../parts/page.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { AddCriterion } from './add-criterion.tsx';
import { useAudienceNames } from './audience-input.tsx';
import classes from './builder.module.css';
import { BuilderProvider } from './builder-context.tsx';
import { ClauseList } from './clause-list.tsx';
import { type FilterType, rootId } from './criteria.ts';
import { readFilters } from './criteria-filters.ts';
import { openDraft } from './draft.ts';
import { ResultPanel } from './result-panel.tsx';
import { SaveButtons } from './save-buttons.tsx';
import type { Source } from './source.ts';
import { text } from './text.ts';
import { useCriteria } from './use-criteria.ts';
import { useDrag } from './use-drag.ts';
import { useEstimate } from './use-estimate.ts';

const newId = () => crypto.randomUUID();

/** The criteria on the left, what they find on the right. */
export function Builder({ source, types }: { source: Source; types: readonly FilterType[] }) {
  const { draft, start, restored } = useBeginning(source);
  const state = useCriteria(start, { restored, draft });
  const [wasRestored, setRestored] = useState(restored !== undefined);
  const { criteria, change, undo, redo } = state;
  const counted = useEstimate(criteria);
  const audienceNames = useAudienceNames(criteria);
  const words = { types, audienceNames };
  const drag = useDrag(change);
  const faultOf = (id: string) => counted.faults.get(id);
  useHotkeys([
    ['mod+Z', () => undo?.()],
    ['mod+shift+Z', () => redo?.()],
  ]);
  return (
    <BuilderProvider value={{ criteria, types, words, change, faultOf, emptiedBy: counted.emptiedBy, drag }}>
      <Page
        title={source.audience === undefined ? text.title : text.titleOf(source.audience.name)}
        lead={leadOf(source)}
        actions={
          <>
            <HistoryButtons undo={undo} redo={redo} />
            <SaveButtons source={source} counted={counted} saved={() => draft.clear()} />
          </>
        }
      >
        {wasRestored && (
          <Restored
            startOver={() => {
              state.startOver();
              setRestored(false);
            }}
          />
        )}
        <div className={classes.layout}>
          <Stack gap="md">
            {criteria.parts.length > 0 && <ClauseList group={criteria} label={text.listLabel} />}
            <AddCriterion groupId={rootId} />
            {criteria.parts.length === 0 && <Empty />}
          </Stack>
          <ResultPanel counted={counted} />
        </div>
        <VisuallyHidden role="status">{state.said}</VisuallyHidden>
      </Page>
    </BuilderProvider>
  );
}

/** Where it begins: at the source, or where the person was before the page was loaded anew. */
function useBeginning({ search, filters }: Source) {
  const { person, institution } = useSession();
  const [start] = useState(() => readFilters(filters, newId));
  const draft = useMemo(
    () => openDraft(sessionStorage, { person: person.id, institution: institution.id }, search),
    [person.id, institution.id, search],
  );
  const [restored] = useState(() => {
    const kept = draft.read();
    return kept === undefined ? undefined : readFilters(kept, newId);
  });
  return { draft, start, restored };
}

function leadOf({ audience, template }: Source): string {
  if (audience !== undefined) return text.leadOfAudience;
  return template === undefined ? text.lead : text.leadFromTemplate(template.name);
}

function Empty() {
  const templates = (
    <ButtonLink to="/templates" variant="default" leftSection={<IconTemplate size={16} aria-hidden />}>
      {text.fromTemplate}
    </ButtonLink>
  );
  return <EmptyState title={text.emptyTitle} body={text.empty} actions={templates} />;
}

function Restored({ startOver }: { startOver: () => void }) {
  return (
    <Alert variant="light" py="xs">
      <Group justify="space-between">
        {text.restored}
        <Button size="xs" variant="default" onClick={startOver}>
          {text.startOver}
        </Button>
      </Group>
    </Alert>
  );
}

function HistoryButtons({ undo, redo }: { undo: (() => void) | undefined; redo: (() => void) | undefined }) {
  return (
    <Group gap={4}>
      <ActionIcon
        className={classes.tool}
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={text.undo}
        disabled={!undo}
        onClick={undo}
      >
        <IconArrowBackUp size={18} aria-hidden />
      </ActionIcon>
      <ActionIcon
        className={classes.tool}
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={text.redo}
        disabled={!redo}
        onClick={redo}
      >
        <IconArrowForwardUp size={18} aria-hidden />
      </ActionIcon>
    </Group>
  );
}
