import { Alert, Button, CopyButton, Group, Stack, Text } from '@mantine/core';
import { IconCheck, IconCopy, IconEyeOff } from '@tabler/icons-react';
import { text } from '../text/en.ts';
import { Dialog } from './dialog.tsx';
import classes from './shown-once.module.css';

export interface Kept {
  readonly label: string;
  readonly value: string;
}

/** What nobody can read again, each with a button to copy it; only a button of its own ends it. */
export function ShownOnceDialog(props: { title: string; lead: string; kept: readonly Kept[]; close: () => void }) {
  const { title, lead, kept, close } = props;
  return (
    <Dialog title={title} close={close} size="lg" isHeld>
      <Stack gap="md">
        <Text size="sm">{lead}</Text>
        {kept.map((each) => (
          <Value key={each.label} kept={each} />
        ))}
        <Alert variant="light" color="gray" icon={<IconEyeOff size={18} aria-hidden />}>
          {text.shownOnce.once}
        </Alert>
        <Group justify="flex-end">
          <Button onClick={close}>{text.shownOnce.done}</Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

function Value({ kept: { label, value } }: { kept: Kept }) {
  return (
    <Stack gap={4}>
      <Text size="sm" fw={550}>
        {label}
      </Text>
      <Group gap="sm" wrap="nowrap" align="stretch">
        <code className={classes.value}>{value}</code>
        <CopyValue label={label} value={value} />
      </Group>
    </Stack>
  );
}

export function CopyValue({ label, value }: { label: string; value: string }) {
  return (
    <CopyButton value={value} timeout={2_000}>
      {({ copied, copy }) => (
        <Button
          variant="default"
          h="auto"
          mih={36}
          flex="0 0 auto"
          onClick={copy}
          aria-label={`${copied ? text.shownOnce.copied : text.shownOnce.copy}: ${label}`}
          leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
        >
          {copied ? text.shownOnce.copied : text.shownOnce.copy}
        </Button>
      )}
    </CopyButton>
  );
}
