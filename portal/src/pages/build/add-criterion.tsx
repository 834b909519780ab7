import { type ComboboxItem, type ComboboxItemGroup, Group, Select, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import classes from './builder.module.css';
import { useBuilder } from './builder-context.tsx';
import { add, type FilterType, leavesMax, leavesOf } from './criteria.ts';
import { newLeaf } from './operators.ts';
import { text } from './text.ts';

/** What can be asked, by subject; found by typing, added by Enter, and the value is asked for at once. */
export function AddCriterion({ groupId, isInGroup = false }: { groupId: string; isInGroup?: boolean }) {
  const { criteria, types, change } = useBuilder();
  const byId = new Map(types.map((type) => [type.id, type]));
  if (leavesOf(criteria).length >= leavesMax) {
    return (
      <Text size="sm" className="quiet">
        {text.full}
      </Text>
    );
  }
  return (
    <Select
      data-add={groupId}
      aria-label={isInGroup ? text.addInGroup : text.add}
      placeholder={isInGroup ? text.addInGroupPlaceholder : text.addPlaceholder}
      size={isInGroup ? 'xs' : 'sm'}
      variant={isInGroup ? 'unstyled' : 'default'}
      leftSection={<IconPlus size={16} aria-hidden />}
      rightSection={isInGroup ? <span /> : undefined}
      searchable
      selectFirstOptionOnChange
      selectFirstOptionOnDropdownOpen
      data={optionsOf(types)}
      value={null}
      nothingFoundMessage={text.noSuchType}
      maxDropdownHeight={360}
      comboboxProps={{ position: 'bottom-start', width: isInGroup ? 380 : 'target', withinPortal: true }}
      renderOption={({ option }) => <TypeOption type={byId.get(option.value)} />}
      onChange={(chosen) => {
        const type = byId.get(chosen ?? '');
        if (type === undefined) return;
        const leaf = newLeaf(type, crypto.randomUUID());
        change(add(leaf, groupId), { focus: { id: leaf.id, part: 'value' } });
      }}
    />
  );
}

function TypeOption({ type }: { type: FilterType | undefined }) {
  if (type === undefined) return null;
  return (
    <div style={{ flex: 1, minWidth: 0 }}>
      <Group justify="space-between" gap="sm" wrap="nowrap">
        <Text size="sm" fw={550} truncate>
          {type.label}
        </Text>
        <Text size="xs" className={`figures ${classes.about}`} style={{ whiteSpace: 'nowrap' }}>
          {type.dataType !== 'audience' && text.knownOf(type.customerCount)}
        </Text>
      </Group>
      <Text size="xs" className={classes.about} lineClamp={2}>
        {type.description}
      </Text>
    </div>
  );
}

function optionsOf(types: readonly FilterType[]): ComboboxItemGroup<ComboboxItem>[] {
  const byCategory = Map.groupBy(types, ({ category }) => category);
  return [...byCategory].map(([category, members]) => ({
    group: text.category[category],
    items: members.map(({ id, label }) => ({ value: id, label })),
  }));
}
