import { ActionIcon, Select, Text, VisuallyHidden } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import type { Audience } from '../../../api/client.ts';
import { useActorNames } from '../../../parts/use-actor-names.ts';
import { formatAgo, formatMoment } from '../../../text/en.ts';
import classes from '../table.module.css';
import { tellProblem } from '../use-changes.ts';
import { text } from './text.ts';
import { accesses, type Collaborator, useShare, useUnshare } from './use-shares.ts';

interface Props {
  readonly audience: Audience;
  readonly collaborators: readonly Collaborator[];
  readonly mayChange: boolean;
}

export function CollaboratorTable({ audience, collaborators, mayChange }: Props) {
  const { columns } = text;
  return (
    <div className={classes.frame}>
      <table className={classes.table} aria-label={text.table}>
        <thead>
          <tr>
            <th scope="col">{columns.name}</th>
            <th scope="col">{columns.access}</th>
            <th scope="col" className={classes.wide}>
              {columns.since}
            </th>
            <th scope="col" className={classes.wide}>
              {columns.by}
            </th>
            <th scope="col">
              <VisuallyHidden>{columns.actions}</VisuallyHidden>
            </th>
          </tr>
        </thead>
        <tbody>
          {collaborators.map((collaborator) => (
            <Row key={collaborator.id} audienceId={audience.id} collaborator={collaborator} mayChange={mayChange} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row(props: { audienceId: string; collaborator: Collaborator; mayChange: boolean }) {
  const { audienceId, collaborator, mayChange } = props;
  const unshare = useUnshare(audienceId);
  const { principalId, name = principalId, kind, createdAt, createdBy } = collaborator;
  const nameOf = useActorNames([createdBy]);
  return (
    <tr>
      <th scope="row">
        <Text span size="sm" fw={550}>
          {name}
        </Text>{' '}
        <Text span size="sm" className="quiet">
          {kind === undefined ? text.gone : text.kind[kind]}
        </Text>
      </th>
      <td>
        <Access audienceId={audienceId} collaborator={collaborator} mayChange={mayChange} />
      </td>
      <td className={classes.wide}>
        <Text span size="sm" className="quiet" title={formatMoment(createdAt)}>
          {formatAgo(createdAt)}
        </Text>
      </td>
      <td className={classes.wide}>{nameOf(createdBy)}</td>
      <td className={classes.right}>
        {mayChange && (
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={text.removeOf(name)}
            title={text.remove}
            loading={unshare.isPending}
            onClick={() => unshare.mutate(collaborator)}
          >
            <IconX size={16} aria-hidden />
          </ActionIcon>
        )}
      </td>
    </tr>
  );
}

function Access(props: { audienceId: string; collaborator: Collaborator; mayChange: boolean }) {
  const { principalId, name = principalId, access } = props.collaborator;
  const share = useShare(props.audienceId);
  if (!props.mayChange) return text.access[access];
  return (
    <Select
      w={180}
      size="xs"
      aria-label={text.accessOf(name)}
      allowDeselect={false}
      disabled={share.isPending}
      data={accesses.map((value) => ({ value, label: text.access[value] }))}
      value={access}
      onChange={(value) => {
        const next = accesses.find((known) => known === value);
        if (next !== undefined && next !== access)
          share.mutate({ principalId, access: next }, { onError: tellProblem });
      }}
    />
  );
}
