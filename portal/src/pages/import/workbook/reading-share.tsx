import { Button, Group, Progress, Text } from '@mantine/core';
import { formatPercent } from '../../../text/en.ts';
import { text } from './text.ts';

/** How far a workbook is read. */
export function ReadingShare({ share, onCancel }: { share: number; onCancel?: () => void }) {
  return (
    <Group flex={1} miw={240}>
      <Text size="sm" role="status">
        {text.reading}
      </Text>
      <Progress flex={1} value={share * 100} aria-label={text.reading} />
      <Text size="sm" className="figures">
        {formatPercent(share)}
      </Text>
      {onCancel !== undefined && (
        <Button size="xs" variant="default" onClick={onCancel}>
          {text.cancel}
        </Button>
      )}
    </Group>
  );
}
