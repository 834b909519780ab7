import { formatCount, formatPercent } from '../../../text/en.ts';

const customers = (count: number) => (count === 1 ? '1 customer' : `${formatCount(count)} customers`);

export const text = {
  choose: 'Compare with other audiences',
  chooseHint: 'Up to 5. Counts are exact and of the present versions.',
  placeholder: 'Search by name',
  none: 'No audience of this name',
  emptyTitle: 'What do audiences have in common?',
  empty: 'Choose one or more others above: how many customers are in both, and in which one only.',
  parts: 'Every part',
  partsLead: (total: number) => `${customers(total)} in any of them. Each is in exactly one row.`,
  columns: { sets: 'In exactly', bar: 'Share', customers: 'Customers', share: 'Of all' },
  only: (name: string) => `Only “${name}”`,
  exactly: (names: readonly string[]) =>
    `“${names.slice(0, -1).join('”, “')}” and “${names.at(-1)}”${names.length > 2 ? '' : ' only'}`,
  more: (shown: number, all: number) =>
    `The ${formatCount(shown)} largest of ${formatCount(all)} parts are shown; the others are smaller.`,
  sets: 'Audiences',
  setSize: (count: number, version: number) => `${customers(count)}, version ${formatCount(version)}`,
  withheld: (count: number) => `${formatCount(count)} more left the customer base since.`,
  pairs: 'With each of them',
  pairColumns: {
    other: 'Audience',
    both: 'In both',
    ofThis: 'Of this audience',
    ofOther: 'Of the other',
    jaccard: 'Overlap',
  },
  jaccardHint: 'Overlap: customers in both, as a share of those in either.',
  percent: (share: number) => formatPercent(share),
} as const;
