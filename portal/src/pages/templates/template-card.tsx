import { ActionIcon, Badge, Group, Menu, Text, Title, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDots, IconPencil, IconTrash } from '@tabler/icons-react';
import { useSession } from '../../app/session.tsx';
import { inOrder, sayFilter } from '../../parts/criteria/words.ts';
import { ButtonLink } from '../../parts/link.tsx';
import { useActorNames } from '../../parts/use-actor-names.ts';
import { formatAgo } from '../../text/en.ts';
import type { FilterType } from '../build/criteria.ts';
import type { Template } from '../build/source.ts';
import { RemoveDialog } from './remove-dialog.tsx';
import { RenameDialog } from './rename-dialog.tsx';
import classes from './template-card.module.css';
import { text } from './text.ts';

/** So many criteria are told in words; of more the rest is counted. */
const toldMax = 5;

/** A template: what it asks in words, and the way to begin with it. */
export function TemplateCard({ template, types }: { template: Template; types: readonly FilterType[] }) {
  const { id, name, description, excluded, builtIn } = template;
  const headingId = `template-${id}`;
  return (
    <article className={classes.card} aria-labelledby={headingId}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Title order={3} size="md" id={headingId} lineClamp={2}>
          {name}
        </Title>
        {excluded && (
          <Tooltip label={text.excludedHint} multiline maw={280}>
            <Badge variant="light" color="gray" tt="none" style={{ flex: 'none' }}>
              {text.excluded}
            </Badge>
          </Tooltip>
        )}
      </Group>
      {description !== undefined && (
        <Text size="sm" className="quiet" lineClamp={3}>
          {description}
        </Text>
      )}
      <Asks template={template} types={types} />
      <Group className={classes.foot} justify="space-between" wrap="nowrap">
        <Origin template={template} />
        <Group gap="xs" wrap="nowrap" ml="auto">
          {!builtIn && <OwnMenu template={template} />}
          {!excluded && (
            <ButtonLink to="/build" search={{ template: id }} size="xs" variant="light" aria-label={text.toUse(name)}>
              {text.use}
            </ButtonLink>
          )}
        </Group>
      </Group>
    </article>
  );
}

function Asks({ template, types }: { template: Template; types: readonly FilterType[] }) {
  const filters = inOrder(template.filters);
  const said = filters.slice(0, toldMax).map(({ filter }) => sayFilter(filter, { types }));
  if (said.length === 0) return <Text size="sm">{text.asksNothing}</Text>;
  return (
    <ul className={classes.asks} aria-label={text.asks}>
      {said.map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
      {filters.length > toldMax && <li className="quiet">{text.more(filters.length - toldMax)}</li>}
    </ul>
  );
}

function Origin({ template: { createdBy, updatedAt } }: { template: Template }) {
  const { person } = useSession();
  const nameOf = useActorNames(createdBy === undefined ? [] : [createdBy]);
  if (createdBy === undefined) return null;
  const when = updatedAt === undefined ? '' : `, ${text.changed(formatAgo(updatedAt))}`;
  return (
    <Text size="xs" className="quiet">
      {createdBy === person.id ? text.madeBy.you : text.madeBy.other(nameOf(createdBy))}
      {when}
    </Text>
  );
}

/** For who made it, and for administrators. */
function OwnMenu({ template }: { template: Template }) {
  const { person, roles } = useSession();
  const [isRenaming, rename] = useDisclosure(false);
  const [isRemoving, remove] = useDisclosure(false);
  if (template.createdBy !== person.id && !roles.includes('administrator')) return null;
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={text.menuOf(template.name)}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={rename.open}>
            {text.rename}
          </Menu.Item>
          <Menu.Item leftSection={<IconTrash size={16} aria-hidden />} onClick={remove.open}>
            {text.remove}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {isRenaming && <RenameDialog template={template} close={rename.close} />}
      {isRemoving && <RemoveDialog template={template} close={remove.close} />}
    </>
  );
}
