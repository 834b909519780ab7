import { Stack, Title } from '@mantine/core';
import { useState } from 'react';
import { answered, api } from '../../../api/client.ts';
import { useMay } from '../../../app/session.tsx';
import { Link } from '../../../parts/link.tsx';
import { Page } from '../../../parts/page.tsx';
import { usePages } from '../../../parts/use-pages.ts';
import { KeyTable } from './key-table.tsx';
import { isRunning, type Key } from './key-words.ts';
import { RotateDialog } from './rotate-dialog.tsx';
import { RotationTable } from './rotation-table.tsx';
import { text } from './text.ts';

/** The keys of the institution, how old they are, and their rotations as they go on. */
export function KeysPage() {
  const may = useMay();
  const [asked, setAsked] = useState<Key>();
  const rotations = usePages({
    queryKey: ['keyRotations'],
    read: ({ page, signal }) => answered(api.GET('/service/keyRotations', { params: { query: page }, signal })),
    isMoving: isRunning,
  });
  const guide = (
    <Link to="/help/$kind/$name" params={{ kind: 'operations', name: 'keys' }}>
      {text.guide}
    </Link>
  );
  return (
    <Page title={text.title} lead={text.lead} actions={guide}>
      <KeyTable
        rotations={rotations.data?.pages.flatMap(({ items }) => items)}
        rotate={may('manageAccess') ? setAsked : undefined}
      />
      <Stack gap="sm">
        <Title order={2} size="h4">
          {text.rotations.title}
        </Title>
        <RotationTable pages={rotations} />
      </Stack>
      {asked !== undefined && <RotateDialog of={asked} close={() => setAsked(undefined)} />}
    </Page>
  );
}
