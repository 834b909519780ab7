import { formatCount, text as shared } from '../../../text/en.ts';

const { customers } = shared;

export const text = {
  title: 'Edit members by a list',
  present: (count: number, version: number) => `${customers(count)} now, in version ${formatCount(version)}.`,
  byCriteria: {
    title: 'Criteria decide who is in this audience',
    body: 'A customer who was put in by hand would be gone when the criteria are asked again. Change the criteria, or copy the audience as it is now and edit the copy.',
    action: 'Change the criteria',
  },
  combined: {
    title: 'Other audiences decide who is in this one',
    body: 'Edit those, or copy this audience as it is now and edit the copy.',
  },
  archived: {
    title: 'This audience is archived',
    body: 'Restore it first, then its members can be edited.',
  },
  toAudience: 'Go to the audience',
  fields: {
    title: 'The members',
    mode: 'What the list does',
    kept: 'The members before are kept as a version: the history of the audience shows them.',
  },
  modes: {
    add: { label: 'Add', means: 'The customers of the list become members. Nobody leaves.' },
    remove: { label: 'Remove', means: 'The customers of the list stop being members. Nobody else leaves.' },
    replace: {
      label: 'Replace',
      means: 'The customers of the list are the only members. Whoever is not on it leaves.',
    },
  },
  check: {
    change: (added: number, removed: number) => {
      if (added === 0 && removed === 0) return 'Nothing would change';
      if (removed === 0) return `${customers(added)} would be added`;
      if (added === 0) return `${customers(removed)} would be removed`;
      return `${customers(added)} would be added, ${formatCount(removed)} removed`;
    },
    table: 'What would change',
    added: 'Added',
    removed: 'Removed',
    now: 'Members now',
    after: 'Members after',
    nobody: 'No customer matched',
    nobodyTo: {
      add: 'There is nobody to add. Look at what became of the lines, or change how the list is read.',
      remove: 'There is nobody to remove. Look at what became of the lines, or change how the list is read.',
      replace:
        'A list of nobody does not replace the members: the audience would be empty by accident. Look at what became of the lines, or change how the list is read.',
    },
    unchanged: {
      add: (count: number) => `The list names ${customers(count)}, and all are members already.`,
      remove: (count: number) => `The list names ${customers(count)}, and none is a member.`,
      replace: (count: number) => `The list names ${customers(count)}: exactly the members of now.`,
    },
    action: {
      add: (added: number) => `Add ${customers(added)}`,
      remove: (_added: number, removed: number) => `Remove ${customers(removed)}`,
      replace: (_added: number, _removed: number) => 'Replace the members…',
    },
  },
  confirm: {
    title: 'Replace the members?',
    body: (added: number, removed: number, after: number) =>
      `${leave(removed)}, ${come(added)}. The audience then has ${customers(after)}. Who is in it now stays in its history.`,
    action: 'Replace the members',
  },
  conflict: {
    title: 'The audience was changed meanwhile',
    body: 'Somebody else, or you in another window, changed it after this list was checked. Nothing of the list was done. What you read below may not hold any more.',
    now: (count: number, version: number) => `It has ${customers(count)} now, in version ${formatCount(version)}.`,
    look: 'Look at what changed',
    again: 'Check the list again',
    after:
      'Somebody else, or you in another window, changed it after the list was checked. Nothing of the list was done.',
  },
  result: {
    title: (added: number, removed: number) => {
      if (removed === 0) return was(added, 'added');
      if (added === 0) return was(removed, 'removed');
      return `${was(added, 'added')}, ${formatCount(removed)} removed`;
    },
    nothing: 'Nobody was added or removed',
    nothingBody: 'The list changes nothing, so there is no new version.',
    version: (version: number, count: number) => `Version ${formatCount(version)} has ${customers(count)}.`,
    who: 'See who was added and removed',
    back: 'Back to the audience',
    again: 'Edit by another list',
    unchanged: 'The audience was not changed.',
    preview: 'This was a check. It changed nobody.',
  },
} as const;

function leave(count: number): string {
  return count === 0 ? 'Nobody leaves' : `${customers(count)} ${count === 1 ? 'leaves' : 'leave'}`;
}

function come(count: number): string {
  return count === 0 ? 'nobody comes' : `${formatCount(count)} ${count === 1 ? 'comes' : 'come'}`;
}

function was(count: number, what: string): string {
  return `${customers(count)} ${count === 1 ? 'was' : 'were'} ${what}`;
}
