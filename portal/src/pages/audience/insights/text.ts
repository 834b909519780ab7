import { formatCount, formatPercent } from '../../../text/en.ts';
import type { Cell } from './bars.ts';

const members = (count: number) => (count === 1 ? '1 member' : `${formatCount(count)} members`);
const ofAll = (percent = 0) => formatPercent(percent / 100);

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
  map: {
    label: 'A map of the US states, each shaded by its index. The table below has the figures.',
    legend: 'Shades of the map',
    shades: {
      farBelow: 'Index below 50',
      below: '50 to 79',
      even: '80 to 124: about as everywhere',
      above: '125 to 199',
      farAbove: '200 and more',
      withheld: 'Too few to tell',
      none: 'Nobody, or in “Others together”',
    },
    tile: (state: string, cell: Cell | undefined) => {
      if (cell === undefined) return `${state}: nobody, or in “Others together”`;
      const { kind, customerCount = 0, audiencePercent, basePercent, index } = cell;
      if (kind === 'withheld') return `${state}: too few to tell`;
      const shares = `${ofAll(audiencePercent)} of this audience, ${ofAll(basePercent)} of all customers`;
      const compared = index === undefined ? '' : `, index ${formatCount(index)}`;
      return `${state}: ${members(customerCount)}, ${shares}${compared}`;
    },
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
