import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { formatCount } from '../../../text/en.ts';
import classes from './export-result.module.css';
import type { Gathered } from './gather.ts';
import { text } from './text.ts';
import type { Exported } from './use-export.ts';

interface Props {
  readonly exported: Exported;
  readonly version: number;
  readonly save: (file: Blob) => void;
  readonly again: () => void;
  readonly close: () => void;
}

/** The rows beside the count: what is in the file, who is not, and that nobody is missing. */
export function ExportResult({ exported: { gathered, file, changedCount }, version, save, again, close }: Props) {
  const { verdict, rowCount, count } = gathered;
  if (verdict !== 'whole') {
    return (
      <Stack>
        <Alert color="red" variant="light" title={text.failedTitle} role="alert">
          {verdict === 'otherCount' ? text.failed.otherCount(rowCount, count) : text.failed.suppressionsChanged}
        </Alert>
        <Group justify="flex-end">
          <Button onClick={again} data-autofocus>
            {text.again}
          </Button>
        </Group>
      </Stack>
    );
  }
  return (
    <Stack>
      <Group gap="xs" role="status">
        <IconCheck size={20} aria-hidden />
        <Text fw={600}>{text.wholeTitle(rowCount)}</Text>
      </Group>
      <Sum gathered={gathered} version={version} />
      <Text size="sm" className="quiet">
        {text.whole} {changedCount > 0 && text.changed(changedCount)}
      </Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={() => save(file)}>
          {text.saveAgain}
        </Button>
        <Button onClick={close} data-autofocus>
          {text.close}
        </Button>
      </Group>
    </Stack>
  );
}

function Sum({ gathered, version }: { gathered: Gathered; version: number }) {
  const parts = [
    { label: text.parts.rows, count: gathered.rowCount },
    { label: text.parts.heldBack, count: gathered.heldBackCount },
    { label: text.parts.withheld, count: gathered.count - gathered.rowCount - gathered.heldBackCount },
  ];
  return (
    <table className={`figures ${classes.sum}`}>
      <tbody>
        {parts.map(({ label, count }) => (
          <tr key={label}>
            <td>{formatCount(count)}</td>
            <th scope="row">{label}</th>
          </tr>
        ))}
        <tr className={classes.total}>
          <td>{formatCount(gathered.count)}</td>
          <th scope="row">{text.sum(version)}</th>
        </tr>
      </tbody>
    </table>
  );
}
