import { formatCount } from '../../../text/en.ts';

export const text = {
  save: 'Save',
  name: 'Name',
  description: 'Description',
  descriptionHint: 'Markdown: **bold**, lists, links. HTML is not shown.',
  purpose: 'What it is for',
  purposeStays: 'An audience for credit stays one. Make another for another purpose.',
  purposeHint: 'Criteria of an audience for credit may need an approval.',
  justification: 'Justification',
  justificationHint: 'Why an audience for credit stands on restricted criteria. It goes into the audit trail.',
  describe: { title: 'Rename or describe', done: 'Saved.' },
  copy: {
    title: 'Copy the audience',
    lead: 'The copy is yours. What becomes of this audience does not change it.',
    name: (name: string) => `${name}, copy`.slice(-80),
    what: 'What is copied',
    criteria: 'The criteria: the copy finds its own members and goes on doing so',
    members: (version: number, count: number) => `The ${formatCount(count)} members of version ${version}, as they are`,
    other: (version: number) => `The members of version ${version}, as they were then`,
    action: 'Make the copy',
    done: (name: string, count: number) => `“${name}” is made, with ${formatCount(count)} customers.`,
  },
  delete: {
    title: 'Delete the audience',
    lead: (versions: number) =>
      versions === 1
        ? 'It goes with its history, for everybody it is shared with. This cannot be undone.'
        : `All ${formatCount(versions)} versions of it go, for everybody it is shared with. This cannot be undone.`,
    stays: 'No customer is touched. Ledgers of imports and the audit trail stay.',
    type: (name: string) => `Type “${name}” to delete it`,
    action: 'Delete for good',
    done: (name: string) => `“${name}” is deleted.`,
  },
} as const;
