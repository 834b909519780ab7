import { Badge, Group, Text, VisuallyHidden } from '@mantine/core';
import { Link } from '../../../parts/link.tsx';
import { useActorNames } from '../../../parts/use-actor-names.ts';
import { formatAgo, formatChange, formatCount, formatMoment } from '../../../text/en.ts';
import classes from '../table.module.css';
import type { Version } from './history-query.ts';
import { text } from './text.ts';

/** Each version: what made it, who, and how many came and went. */
export function VersionTable({ versions, mayCompare }: { versions: readonly Version[]; mayCompare: boolean }) {
  const { columns } = text;
  return (
    <div className={classes.frame}>
      <table className={classes.table} aria-label={text.versions}>
        <thead>
          <tr>
            <th scope="col">{columns.version}</th>
            <th scope="col" className={classes.right}>
              {columns.customers}
            </th>
            <th scope="col" className={`${classes.roomy} ${classes.right}`}>
              {columns.added}
            </th>
            <th scope="col" className={`${classes.roomy} ${classes.right}`}>
              {columns.removed}
            </th>
            <th scope="col" className={classes.wide}>
              {columns.cause}
            </th>
            <th scope="col" className={classes.wide}>
              {columns.by}
            </th>
            <th scope="col" className={classes.wide}>
              {columns.at}
            </th>
            <th scope="col">
              <VisuallyHidden>{columns.actions}</VisuallyHidden>
            </th>
          </tr>
        </thead>
        <tbody>
          {versions.map((version) => (
            <Row key={version.version} item={version} mayCompare={mayCompare} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ item, mayCompare }: { item: Version; mayCompare: boolean }) {
  const { version, isCurrent, customerCount, addedCount, removedCount, cause, createdBy, createdAt } = item;
  const nameOf = useActorNames([createdBy]);
  return (
    <tr data-version={version}>
      <th scope="row">
        <Group gap="xs" wrap="nowrap">
          <span className="figures">{formatCount(version)}</span>
          {isCurrent && (
            <Badge variant="default" size="sm" tt="none" miw="max-content">
              {text.present}
            </Badge>
          )}
        </Group>
      </th>
      <td className={`figures ${classes.right}`}>{formatCount(customerCount)}</td>
      <td className={`figures ${classes.roomy} ${classes.right}`}>{formatChange(addedCount)}</td>
      <td className={`figures ${classes.roomy} ${classes.right}`}>{formatChange(-removedCount)}</td>
      <td className={classes.wide}>{text.causes[cause]}</td>
      <td className={classes.wide}>{nameOf(createdBy)}</td>
      <td className={classes.wide}>
        <Text span size="sm" className="quiet" title={formatMoment(createdAt)}>
          {formatAgo(createdAt)}
        </Text>
      </td>
      <td className={classes.right}>{mayCompare && <Ways version={version} />}</td>
    </tr>
  );
}

function Ways({ version }: { version: number }) {
  const way = { from: '/audiences/$audienceId', to: '.', size: 'sm', preload: false, resetScroll: false } as const;
  return (
    <Group gap="0 1rem" justify="flex-end">
      {version > 1 && (
        <Link {...way} search={{ tab: 'history', version, against: version - 1 }} aria-label={text.changesOf(version)}>
          {text.changes}
        </Link>
      )}
      <Link {...way} search={{ tab: 'members', version }} aria-label={text.membersOf(version)}>
        {text.members}
      </Link>
    </Group>
  );
}
