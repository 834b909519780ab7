import { Stack } from '@mantine/core';
import { useRouterState } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useMay } from '../../app/session.tsx';
import { SectionLink } from '../../parts/link.tsx';
import { sectionsFor } from './sections.ts';
import { text } from './text.ts';

/** The entry of the navigation; while one is in it, its sections stand below. */
export function OperationsLinks({ icon }: { icon: ReactNode }) {
  const may = useMay();
  const isHere = useRouterState({ select: ({ location }) => /\/operations(?:\/|$)/.test(location.pathname) });
  return (
    <>
      <SectionLink to="/operations" label={text.title} leftSection={icon} activeOptions={{ exact: isHere }} />
      {isHere && (
        <Stack gap={2} pl={30}>
          {sectionsFor(may).map(({ to, label }) => (
            <SectionLink key={to} to={to} label={label} py={6} activeOptions={{ includeSearch: false }} />
          ))}
        </Stack>
      )}
    </>
  );
}
