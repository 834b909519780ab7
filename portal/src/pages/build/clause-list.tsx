import { SegmentedControl, Text } from '@mantine/core';
import { Fragment } from 'react';
import { AddCriterion } from './add-criterion.tsx';
import classes from './builder.module.css';
import { useBuilder } from './builder-context.tsx';
import { ClauseHandle } from './clause-handle.tsx';
import { ClauseMenu } from './clause-menu.tsx';
import { ClauseNotes } from './clause-notes.tsx';
import { LeafFields } from './clause-row.tsx';
import { type Clause, type Group, matchGroup } from './criteria.ts';
import { NotChip } from './not-chip.tsx';
import { text } from './text.ts';
import { nameClause } from './words.ts';

/** The parts of a group below each other, and between them what joins them. */
export function ClauseList({ group, label }: { group: Group; label: string }) {
  return (
    <ul className={classes.list} aria-label={label}>
      {group.parts.map((clause, index) => (
        <Fragment key={clause.id}>
          {index > 0 && (
            <li className={`${classes.joint} quiet`} aria-hidden>
              {group.match === 'anyOf' ? text.or : text.and}
            </li>
          )}
          <ClauseItem clause={clause} />
        </Fragment>
      ))}
    </ul>
  );
}

function ClauseItem({ clause }: { clause: Clause }) {
  const { drag, faultOf, emptiedBy, words } = useBuilder();
  const looks = [
    clause.kind === 'group' ? classes.group : classes.row,
    drag.id === clause.id ? classes.isMoving : '',
    faultOf(clause.id) === undefined ? '' : classes.hasFault,
    emptiedBy === clause.id ? classes.isEmptying : '',
  ];
  const drop = drag.target?.id === clause.id ? drag.target.side : undefined;
  return (
    <li>
      <fieldset
        className={looks.join(' ')}
        data-clause={clause.id}
        data-drop={drop}
        aria-label={nameClause(clause, words)}
      >
        {clause.kind === 'group' ? <GroupFields group={clause} /> : <LeafFields leaf={clause} />}
      </fieldset>
    </li>
  );
}

/** A box of its own; what is in it is built like the whole. */
function GroupFields({ group }: { group: Group }) {
  const { change, words } = useBuilder();
  const name = nameClause(group, words);
  return (
    <>
      <div className={classes.head}>
        <ClauseHandle clause={group} />
        {group.isNegated && <NotChip clause={group} />}
        <SegmentedControl
          size="xs"
          aria-label={text.group.label}
          data={[
            { value: 'anyOf', label: text.group.anyOf },
            { value: 'allOf', label: text.group.allOf },
          ]}
          value={group.match}
          onChange={(match) => change(matchGroup(group.id, match === 'anyOf' ? 'anyOf' : 'allOf'))}
        />
        <Text component="div" ml="auto">
          <ClauseMenu clause={group} />
        </Text>
      </div>
      <div className={classes.inner}>
        <ClauseList group={group} label={name} />
        <AddCriterion groupId={group.id} isInGroup />
      </div>
      <ClauseNotes clause={group} />
    </>
  );
}
