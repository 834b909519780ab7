import { ActionIcon, Menu } from '@mantine/core';
import {
  IconArrowDown,
  IconArrowUp,
  IconBan,
  IconBracketsContain,
  IconCircleOff,
  IconCopy,
  IconDots,
  IconIndentDecrease,
  IconIndentIncrease,
  IconTrash,
} from '@tabler/icons-react';
import classes from './builder.module.css';
import { useBuilder } from './builder-context.tsx';
import { useMove } from './clause-handle.tsx';
import { type Change, type Clause, changeLeaf, duplicate, leavesOf, negate, rootId } from './criteria.ts';
import { groupWithNext, moveStep, type Step, ungroup } from './criteria-move.ts';
import { typeOf } from './operators.ts';
import { text } from './text.ts';
import { useRemoval } from './use-removal.ts';
import { nameClause } from './words.ts';

const icon = { size: 16, stroke: 1.7, 'aria-hidden': true } as const;

/** Everything that can be done with a clause; what would change nothing is not offered. */
export function ClauseMenu({ clause }: { clause: Clause }) {
  const { words } = useBuilder();
  const removal = useRemoval(clause);
  return (
    <div className={classes.menu} data-part="menu">
      <Menu position="bottom-end" width={270} returnFocus={false}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={text.menu.label(nameClause(clause, words))}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <MeaningItems clause={clause} />
          <Menu.Divider />
          <MoveItems clause={clause} />
          <Menu.Divider />
          <Menu.Item leftSection={<IconTrash {...icon} />} onClick={removal}>
            {text.menu.remove}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

/** What changes what is asked. */
function MeaningItems({ clause }: { clause: Clause }) {
  const { types } = useBuilder();
  const copyId = crypto.randomUUID();
  const canMiss =
    clause.kind === 'leaf' &&
    !['isMissing', 'isPresent'].includes(clause.operator) &&
    typeOf(types, clause)?.dataType !== 'audience';
  return (
    <>
      <ChangeItem clause={clause} change={negate(clause.id)} icon={<IconBan {...icon} />}>
        {clause.isNegated ? text.menu.unnegate : text.menu.negate}
      </ChangeItem>
      {clause.kind === 'leaf' && canMiss && (
        <ChangeItem
          clause={clause}
          change={changeLeaf(clause.id, { includesMissing: !clause.includesMissing })}
          icon={<IconCircleOff {...icon} />}
        >
          {clause.includesMissing ? text.menu.excludeMissing : text.menu.includeMissing}
        </ChangeItem>
      )}
      <ChangeItem clause={clause} change={groupWithNext(clause.id, copyId)} icon={<IconBracketsContain {...icon} />}>
        {text.menu.groupWithNext}
      </ChangeItem>
      {clause.kind === 'group' && (
        <ChangeItem
          clause={clause}
          change={ungroup(clause.id)}
          focusId={leavesOf(clause)[0]?.id ?? rootId}
          icon={<IconBracketsContain {...icon} />}
        >
          {text.menu.ungroup}
        </ChangeItem>
      )}
      <ChangeItem
        clause={clause}
        change={duplicate(clause.id, () => crypto.randomUUID())}
        icon={<IconCopy {...icon} />}
      >
        {text.menu.duplicate}
      </ChangeItem>
    </>
  );
}

function ChangeItem(props: {
  clause: Clause;
  change: Change;
  icon: React.ReactNode;
  children: string;
  focusId?: string;
}) {
  const { criteria, change } = useBuilder();
  if (props.change(criteria) === criteria) return null;
  const focus = { id: props.focusId ?? props.clause.id, part: 'menu' } as const;
  return (
    <Menu.Item leftSection={props.icon} onClick={() => change(props.change, { focus })}>
      {props.children}
    </Menu.Item>
  );
}

const steps = [
  { step: 'up', icon: <IconArrowUp {...icon} /> },
  { step: 'down', icon: <IconArrowDown {...icon} /> },
  { step: 'in', icon: <IconIndentIncrease {...icon} /> },
  { step: 'out', icon: <IconIndentDecrease {...icon} /> },
] as const satisfies readonly { step: Step; icon: React.ReactNode }[];

function MoveItems({ clause }: { clause: Clause }) {
  const { criteria } = useBuilder();
  const move = useMove(clause);
  return steps
    .filter(({ step }) => moveStep(clause.id, step)(criteria) !== criteria)
    .map((each) => (
      <Menu.Item key={each.step} leftSection={each.icon} onClick={() => move(each.step, 'menu')}>
        {text.menu[each.step]}
      </Menu.Item>
    ));
}
