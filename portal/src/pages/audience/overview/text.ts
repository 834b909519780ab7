import { formatCount } from '../../../text/en.ts';

const customers = (count: number) => (count === 1 ? '1 customer' : `${formatCount(count)} customers`);

export const text = {
  imports: {
    title: 'What became of each line',
    lead: 'Every line of a list has exactly one outcome.',
    modes: {
      create: 'Made the audience',
      add: 'Added customers',
      remove: 'Removed customers',
      replace: 'Replaced the members',
      suppress: 'Holds customers back',
    },
    underWay: 'under way',
    by: (name: string) => `by ${name}`,
    named: (count: number) => `It names ${customers(count)}.`,
    changed: (version: number, added: number, removed: number) =>
      `Version ${formatCount(version)}: ${formatCount(added)} added, ${formatCount(removed)} removed`,
    unchanged: 'Nobody was added or removed.',
    open: (fileName: string) => `The import of ${fileName}`,
    more: (count: number) =>
      count === 1 ? '1 older import is not shown.' : `${formatCount(count)} older imports are not shown.`,
    noneTitle: 'No import that you may see',
    none: 'Imports show to whoever made them, and to those with whom the audience is shared.',
  },
  criteria: {
    title: 'Who is in it',
    change: 'Change the criteria',
    lead: 'All customers who meet each of these.',
  },
  refresh: {
    label: 'The members are refreshed',
    now: 'Refresh now',
    failed: (problem: string) => `The last try failed: ${problem}. It is tried again every hour.`,
    about: 'What this means',
  },
  copy: {
    title: 'A copy',
    lead: 'It began with the members of another audience and has changed on its own since.',
    source: 'See the audience it was copied from',
  },
  combined: { title: 'Made from audiences', lead: 'Its members come from other audiences.' },
  approval: {
    pending: 'This audience waits for an approval',
    approved: (name: string, when: string) => `Approved by ${name}, ${when}`,
    why: (types: string) =>
      `It is for credit and stands on ${types}, which fair lending restricts. Its members can be seen once a second person has approved it.`,
    whyApproved: (types: string) => `It is for credit and stands on ${types}, which fair lending restricts.`,
    justification: 'Justification',
    none: 'None is written.',
    requested: (names: string, when: string) => `Asked for by ${names}, ${when}.`,
    action: 'Approve',
    yours: 'Whoever wrote criteria or justification cannot approve them.',
    others: 'Somebody with the role Approver can approve it.',
    done: 'Approved. The members can be seen.',
  },
} as const;
