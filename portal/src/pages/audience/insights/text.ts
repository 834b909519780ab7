import { formatCount, formatPercent } from '../../../text/en.ts';

export const text = {
  lead: (members: number, base: number, version: number) =>
    `The ${formatCount(members)} members of version ${formatCount(version)} who are in the customer base, beside all ${formatCount(base)} customers.`,
  legend: { audience: 'This audience', base: 'All customers' },
  dimensions: {
    ageBand: 'The age reached in this calendar year.',
    regionCode: 'The regions with most members.',
    tenureBand: 'Whole years as a customer.',
    productType: 'Kinds of open accounts. A customer may own several, so shares add up to more than 100%.',
    depositsBand: 'All deposits together, in whole units of the currency.',
  },
  columns: {
    value: 'Value',
    bars: 'Shares',
    customers: 'Members',
    audience: 'This audience',
    base: 'All customers',
    index: 'Index',
  },
  indexHint:
    'Index: the share in the audience by the share among all customers. 100 is as everywhere, 200 twice as many.',
  missing: 'Not known',
  missingDeposits: 'No open account, or an unknown balance',
  other: 'Others together',
  withheld: 'too few to tell',
  few: 'Counts of fewer than 10 customers are not told one by one. They are in “Others together”.',
  percent: (percent: number | undefined) => (percent === undefined ? '' : formatPercent(percent / 100)),
  count: (count: number | undefined) => (count === undefined ? '' : formatCount(count)),
  all: (count: number) => `Show all ${formatCount(count)}`,
  less: 'Show fewer',
  withheldTitle: 'Too few customers for insights',
  withheldBecause: {
    fewMembers: 'The audience has fewer than 10 customers: shares would tell of single people.',
    fewOthers: 'All customers but fewer than 10 are in the audience: shares would tell of those who are not.',
  },
} as const;
