import { formatCount } from '../../../text/en.ts';

const versions = (count: number) => (count === 1 ? '1 version' : `${formatCount(count)} versions`);

export const text = {
  size: 'Size over time',
  sizeLabel: (first: string, last: string, count: number) =>
    `A line from ${first} customers to ${last}, over ${versions(count)}. The table below has the figures.`,
  customers: 'Customers',
  versions: 'Versions',
  versionsLead: (count: number) => `${versions(count)}, newest first. Each change of the members makes one.`,
  columns: {
    version: 'Version',
    customers: 'Customers',
    added: 'Added',
    removed: 'Removed',
    cause: 'By what',
    by: 'By whom',
    at: 'When',
    actions: 'Actions',
  },
  causes: {
    import: 'A list made it',
    add: 'A list added',
    remove: 'A list removed',
    replace: 'A list replaced',
    copy: 'Copied',
    filters: 'New criteria',
    refresh: 'Members refreshed',
  },
  present: 'now',
  members: 'Members',
  membersOf: (version: number) => `Members of version ${formatCount(version)}`,
  changes: 'Changes',
  changesOf: (version: number) => `Changes of version ${formatCount(version)}`,
  more: 'Show older versions',
  compare: 'Compare two versions',
  compareLead: 'Who was added and who was removed from one to the other.',
  from: 'From version',
  to: 'To version',
  came: (count: number) => `${formatCount(count)} added`,
  went: (count: number) => `${formatCount(count)} removed`,
  nobody: 'Nobody',
  withheld: (count: number) => `${formatCount(count)} of them left the customer base since and are not listed.`,
  moreIds: 'Show more',
  explain: (id: string) => `Explain customer ${id}`,
  close: 'Close the comparison',
} as const;
