/** Every word that the shell and the shared parts show, in one place. Pages keep theirs beside them: `<page>/text.ts`. */
export const text = {
  product: 'Rollcall',
  skip: 'Skip to the content',
  close: 'Close',
  navigation: {
    label: 'Sections',
    audiences: 'Audiences',
    import: 'Import a list',
    build: 'Build from criteria',
    templates: 'Templates',
    help: 'Help',
  },
  session: {
    loading: 'Loading your session',
    account: 'Your account',
    signOut: 'Sign out',
    signOutEverywhere: 'Sign out everywhere',
    institution: 'Institution',
    theme: { light: 'Use light colors', dark: 'Use dark colors' },
    ended: {
      title: 'You have been signed out',
      body: 'Your session has ended. Sign in to come back to this view. What you have typed here stays if you sign in in a new tab and then return to this one.',
      short: 'Sign in to see this.',
      here: 'Sign in',
      newTab: 'Sign in in a new tab',
    },
    menu: (name: string) => `Account of ${name}`,
  },
  connection: {
    offline: 'You are offline.',
    unreachable: 'The server cannot be reached.',
    meaning:
      'What you see may be old, and nothing can be changed until the connection is back. This page tries again by itself.',
    retry: 'Look now',
  },
  states: {
    loading: 'Loading',
    waiting: 'Waiting for the connection',
    retry: 'Try again',
    lookAgain: 'Look at it as it is now',
    problemId: (id: string) => `Problem ${id}`,
    aboutProblem: 'What this means',
    forbiddenTitle: 'This is not for your roles',
    forbidden: 'Ask an administrator of your institution if you need it.',
    notFoundTitle: 'There is nothing at this address',
    notFound: 'It may have been deleted, or it is not shared with you.',
    backToAudiences: 'Go to the audiences',
  },
  table: {
    more: 'Show more',
    shown: (shown: number, count: number | undefined) =>
      count === undefined ? `${formatCount(shown)} shown` : `${formatCount(shown)} of ${formatCount(count)} shown`,
    actions: 'Actions',
    actionsOf: (name: string) => `Actions for ${name}`,
    change: 'Change',
    delete: 'Delete',
  },
  actors: {
    you: 'You',
    operator: 'The operator',
    naming: '…',
    people: 'People',
    applications: 'Applications',
    nobody: 'Nobody of this name',
  },
  dialog: { cancel: 'Cancel', close: 'Close' },
  shownOnce: {
    copy: 'Copy',
    copied: 'Copied',
    once: 'It is shown this once. Copy it now: nobody can look it up later.',
    done: 'I have kept it',
  },
  customers: (count: number) => (count === 1 ? '1 customer' : `${formatCount(count)} customers`),
} as const;

const counts = new Intl.NumberFormat('en-US');
const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });
const percents = new Intl.NumberFormat('en-US', { style: 'percent', maximumFractionDigits: 1 });
const moments = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeStyle: 'short' });
const days = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium' });
const relative = new Intl.RelativeTimeFormat('en-US', { numeric: 'auto' });

/** 12345 -> 12,345 */
export function formatCount(count: number): string {
  return counts.format(count);
}

/** 12345 -> 12.3K; for axes only, where the exact figure stands beside. */
export function formatCompact(count: number): string {
  return compact.format(count);
}

/** +120, −5, or 0 */
export function formatChange(change: number): string {
  return change === 0 ? '0' : `${change > 0 ? '+' : '−'}${formatCount(Math.abs(change))}`;
}

/** @param share 0..1 */
export function formatPercent(share: number): string {
  return percents.format(share);
}

/** @param at a timestamp of the API */
export function formatMoment(at: string): string {
  return moments.format(new Date(at));
}

export function formatDay(at: string): string {
  return days.format(new Date(at));
}

const steps = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** "3 hours ago" */
export function formatAgo(at: string, now: number = Date.now()): string {
  const seconds = (new Date(at).getTime() - now) / 1_000;
  const step = steps.find(([, size]) => Math.abs(seconds) >= size);
  return step === undefined ? 'just now' : relative.format(Math.trunc(seconds / step[1]), step[0]);
}
