import { ActionIcon, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { text } from '../text/en.ts';

export interface RowAction {
  readonly label: string;
  readonly run: () => void;
  /** It takes something away. */
  readonly isGrave?: boolean;
}

/** What can be done with a row. */
export function RowMenu({ name, actions }: { name: string; actions: readonly RowAction[] }) {
  if (actions.length === 0) return null;
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={text.table.actionsOf(name)}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {actions.map(({ label, run, isGrave = false }) => (
          <Menu.Item key={label} onClick={run} {...(isGrave ? { c: 'light-dark(#c92a2a, #ff8787)' } : {})}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** The menu of what is changed in a dialog and deleted after a question. */
export function EditMenu({ name, change, remove }: { name: string; change: () => void; remove: () => void }) {
  const actions = [
    { label: text.table.change, run: change },
    { label: text.table.delete, run: remove, isGrave: true },
  ];
  return <RowMenu name={name} actions={actions} />;
}
