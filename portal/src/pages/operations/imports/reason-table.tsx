import { Stack, Text } from '@mantine/core';
import { DataTable } from '../../../parts/data-table.tsx';
import { formatCount } from '../../../text/en.ts';
import { firstLines, type Reason, reasonWord } from './reasons.ts';
import { text } from './text.ts';

/** Why lines, rows or cells were refused, with the first places to look at. */
export function ReasonTable(props: {
  caption: string;
  reasons: readonly Reason[];
  words: Readonly<Record<string, string>>;
}) {
  const { caption, reasons, words } = props;
  if (reasons.length === 0) return null;
  return (
    <Stack gap="xs">
      <Text fw={600} size="sm" aria-hidden>
        {caption}
      </Text>
      <DataTable
        caption={caption}
        rows={reasons}
        keyOf={({ field, reason }) => `${field ?? ''} ${reason}`}
        columns={[
          { key: 'reason', header: text.details.reason, cell: (row) => reasonWord(row, words) },
          { key: 'count', header: text.details.count, isRight: true, cell: (row) => formatCount(row.count) },
          { key: 'first', header: text.details.first, cell: firstLines },
        ]}
      />
    </Stack>
  );
}
