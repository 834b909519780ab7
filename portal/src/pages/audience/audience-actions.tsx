import { ActionIcon, Button, Menu } from '@mantine/core';
import {
  IconArchive,
  IconArchiveOff,
  IconCopy,
  IconDots,
  IconDownload,
  IconPencil,
  IconRefresh,
  IconTrash,
  IconUsers,
} from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { useMay } from '../../app/session.tsx';
import { MenuLink } from '../../parts/link.tsx';
import type { TaggedAudience } from './audience-query.ts';
import { CopyDialog } from './dialogs/copy-dialog.tsx';
import { DeleteDialog } from './dialogs/delete-dialog.tsx';
import { DescribeDialog } from './dialogs/describe-dialog.tsx';
import { text } from './text.ts';
import { useAudienceRights } from './use-audience-rights.ts';
import { useMoveAudience, useRefreshAudience } from './use-changes.ts';

const ExportDialog = lazy(async () => ({ default: (await import('./export/export-dialog.tsx')).ExportDialog }));

type Dialog = 'export' | 'describe' | 'copy' | 'delete';

/** What can be done with the whole of it; each thing that asks first does so in a dialog. */
export function AudienceActions({ audience }: { audience: TaggedAudience }) {
  const { data, tag } = audience;
  const [open, setOpen] = useState<Dialog>();
  const may = useMay();
  const close = () => setOpen(undefined);
  return (
    <>
      {may('readMembers') && data.state !== 'pendingApproval' && (
        <Button leftSection={<IconDownload size={16} aria-hidden />} onClick={() => setOpen('export')}>
          {text.export}
        </Button>
      )}
      <ActionsMenu audience={audience} show={setOpen} />
      <Suspense fallback={null}>{open === 'export' && <ExportDialog audience={data} close={close} />}</Suspense>
      {open === 'describe' && <DescribeDialog audience={data} tag={tag} close={close} />}
      {open === 'copy' && <CopyDialog audience={data} close={close} />}
      {open === 'delete' && <DeleteDialog audience={data} tag={tag} close={close} />}
    </>
  );
}

function ActionsMenu({ audience, show }: { audience: TaggedAudience; show: (dialog: Dialog) => void }) {
  const { data } = audience;
  const { mayEdit, mayCopy, mayOwn } = useAudienceRights(data);
  const move = useMoveAudience();
  const refresh = useRefreshAudience();
  const may = useMay();
  if (!mayEdit && !mayCopy) return null;
  const isArchived = data.state === 'archived';
  const icon = { size: 16, 'aria-hidden': true } as const;
  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label={text.actions}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {mayEdit && (
          <Menu.Item leftSection={<IconPencil {...icon} />} onClick={() => show('describe')}>
            {text.describe}
          </Menu.Item>
        )}
        {mayEdit && may('importLists') && !isArchived && (
          <MenuLink to="/import" search={{ audience: data.id }} leftSection={<IconUsers {...icon} />}>
            {text.editMembers}
          </MenuLink>
        )}
        {mayEdit && data.kind === 'filtered' && !isArchived && (
          <Menu.Item leftSection={<IconRefresh {...icon} />} onClick={() => refresh.mutate(data)}>
            {text.refresh}
          </Menu.Item>
        )}
        {mayCopy && (
          <Menu.Item leftSection={<IconCopy {...icon} />} onClick={() => show('copy')}>
            {text.copy}
          </Menu.Item>
        )}
        {mayEdit && (
          <Menu.Item
            leftSection={isArchived ? <IconArchiveOff {...icon} /> : <IconArchive {...icon} />}
            onClick={() => move.mutate({ audience, to: isArchived ? 'active' : 'archived' })}
          >
            {isArchived ? text.restore : text.archive}
          </Menu.Item>
        )}
        {mayOwn && <Menu.Divider />}
        {mayOwn && (
          <Menu.Item leftSection={<IconTrash {...icon} />} onClick={() => show('delete')}>
            {text.delete}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
