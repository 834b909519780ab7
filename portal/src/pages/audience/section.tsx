import { Box, Group, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

/** A part of a tab under its own heading. */
export function Section(props: { title: string; lead?: ReactNode; actions?: ReactNode; children?: ReactNode }) {
  return (
    <Stack gap="sm" component="section">
      <Group justify="space-between" align="flex-end">
        <Box>
          <Title order={2} size="h4">
            {props.title}
          </Title>
          {props.lead !== undefined && (
            <Text size="sm" className="quiet" component="div">
              {props.lead}
            </Text>
          )}
        </Box>
        {props.actions}
      </Group>
      {props.children}
    </Stack>
  );
}
