import { formatCount, formatPercent } from '../../text/en.ts';

const lines = (count: number) => (count === 1 ? '1 line' : `${formatCount(count)} lines`);

export const text = {
  title: (fileName: string) => `Outcomes of the lines of ${fileName}`,
  total: (count: number) => `All ${lines(count)}`,
  part: (label: string, count: number, share: number) => `${label}: ${lines(count)}, ${formatPercent(share)}`,
  columns: { outcome: 'Outcome', lines: 'Lines', share: 'Share' },
  outcomes: {
    matched: { label: 'Matched', meaning: 'One customer has the value.' },
    ambiguous: { label: 'Several customers', meaning: 'Two or more customers have the value.' },
    duplicate: { label: 'Repeated', meaning: 'The same value stands on an earlier line.' },
    unmatched: { label: 'Not found', meaning: 'No customer has the value.' },
    invalid: { label: 'Invalid', meaning: 'The value cannot be one of this kind.' },
    blank: { label: 'Blank', meaning: 'Nothing stands there.' },
    header: { label: 'Header', meaning: 'The names of the columns.' },
  },
} as const;
