import { Box, Button, Group, Stack, TextInput } from '@mantine/core';
import { IconRefresh, IconSearch } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useMay } from '../../../app/session.tsx';
import { ChoiceFilter } from '../../../parts/choice-select.tsx';
import { Page } from '../../../parts/page.tsx';
import { ForbiddenState } from '../../../parts/states.tsx';
import { AuditTable } from './audit-table.tsx';
import { type AuditSearch, operationPattern, outcomes } from './search.ts';
import { text } from './text.ts';
import { Verify } from './verify.tsx';

/** The trail, and how to prove it. */
export function AuditPage() {
  const search = useSearch({ from: '/operations/audit' });
  const may = useMay();
  if (!may('readAudit')) {
    return (
      <Page title={text.title}>
        <ForbiddenState body={text.forbidden} />
      </Page>
    );
  }
  return (
    <Page title={text.title} lead={text.lead}>
      <Verify />
      <Stack gap="md">
        <Filters search={search} />
        <AuditTable search={search} />
      </Stack>
    </Page>
  );
}

/** Reading leaves entries, so what is typed is looked up when it is sent, not letter by letter. */
function Filters({ search }: { search: AuditSearch }) {
  const navigate = useNavigate({ from: '/operations/audit' });
  const queryClient = useQueryClient();
  const [operation, setOperation] = useState(search.operation ?? '');
  const isOperation = operation === '' || operationPattern.test(operation);
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (!isOperation) return;
    const { operation: _before, ...rest } = search;
    void navigate({ search: operation === '' ? rest : { ...rest, operation }, replace: true });
  };
  return (
    <Group align="flex-start" gap="sm">
      {/* Alone in its form: with a second field Enter would send nothing. */}
      <Box component="form" flex="1 1 220px" maw={360} onSubmit={send}>
        <TextInput
          type="search"
          aria-label={text.operation}
          placeholder={text.operationPlaceholder}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={operation}
          maxLength={64}
          error={isOperation ? undefined : text.operationHint}
          onChange={({ currentTarget: { value } }) => setOperation(value.trim())}
          onBlur={send}
        />
      </Box>
      <ChoiceFilter
        w={170}
        aria-label={text.outcome}
        any={text.anyOutcome}
        values={outcomes}
        words={text.outcomes}
        value={search.outcome}
        change={(outcome) => {
          const { outcome: _before, ...rest } = search;
          void navigate({ search: outcome === undefined ? rest : { ...rest, outcome }, replace: true });
        }}
      />
      <Button
        variant="default"
        ml="auto"
        leftSection={<IconRefresh size={16} aria-hidden />}
        onClick={() => void queryClient.resetQueries({ queryKey: ['audit'] })}
      >
        {text.refresh}
      </Button>
    </Group>
  );
}
