import { Box, Group, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { text } from '../text/en.ts';

/** The frame of every view: one heading, which is also the title of the window; what can be done stands beside it. */
export function Page(props: {
  title: string;
  /** Where it belongs, above the heading. */
  above?: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
  children?: ReactNode;
}) {
  useDocumentTitle(`${props.title} · ${text.product}`);
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="flex-start" gap="md">
        <Box flex="1 1 320px">
          {props.above}
          <Title order={1} size="h2" tabIndex={-1} id="page-title">
            {props.title}
          </Title>
          {props.lead !== undefined && (
            <Text className="quiet" component="div" mt={4}>
              {props.lead}
            </Text>
          )}
        </Box>
        {props.actions !== undefined && <Group gap="sm">{props.actions}</Group>}
      </Group>
      {props.children}
    </Stack>
  );
}
