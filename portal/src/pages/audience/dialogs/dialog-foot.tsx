import { Button, type ButtonProps, Group } from '@mantine/core';
import { text } from './text.ts';

/** The last line of a dialog: the way out, then what it is for. */
export function DialogFoot(props: {
  label: string;
  onClose: () => void;
  busy: boolean;
  disabled?: boolean;
  color?: ButtonProps['color'];
}) {
  return (
    <Group justify="flex-end" gap="sm">
      <Button variant="default" onClick={props.onClose}>
        {text.cancel}
      </Button>
      <Button
        type="submit"
        loading={props.busy}
        disabled={props.disabled === true}
        {...(props.color === undefined ? {} : { color: props.color })}
      >
        {props.label}
      </Button>
    </Group>
  );
}
