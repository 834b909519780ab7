import { text as shared } from '../../../text/en.ts';

export const text = {
  title: 'Identifier types',
  lead: 'How each value of a list is read before it is matched, and which values are refused.',
  have: (count: number) => `${shared.customers(count)} ${count === 1 ? 'has' : 'have'} one`,
  steps: 'How a value is read',
  pattern: 'Then it must look like',
  refusals: 'Refused, for the first reason that applies',
  examples: 'Examples, invented',
  noRefusals: 'Nothing is refused.',
  emptyTitle: 'No identifier type',
  empty: 'This server knows none.',
  reasons: {
    scientificNotation: 'A spreadsheet has made it a rounded number (1.2E+11)',
    leadingZerosLost: 'Leading zeros are lost',
    invalidFormat: 'Not of this form',
    impossibleValue: 'Nobody can have this value',
    placeholderValue: 'A placeholder, such as 000-00-0000',
  },
} as const;
