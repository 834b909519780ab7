import { formatCount } from '../../../text/en.ts';

export const text = {
  title: 'Audit trail',
  lead: 'Who did what, newest first. Every page that is read here leaves an entry of its own.',
  forbidden: 'The audit trail is for auditors. Ask an administrator for that role if you need it.',
  caption: 'Entries of the audit trail',
  operation: 'Operation',
  operationPlaceholder: 'Operation, as createApplication',
  operationHint: 'The operation id of the API, for example createApplication.',
  outcome: 'Outcome',
  anyOutcome: 'Any outcome',
  outcomes: { done: 'Done', preview: 'Preview', refused: 'Refused', denied: 'Denied' },
  refresh: 'Read again',
  columns: { at: 'When', who: 'Who', operation: 'Operation', resource: 'On', outcome: 'Outcome', detail: 'Detail' },
  kinds: { person: 'Person', application: 'Application', operator: 'Operator' },
  from: (address: string) => `from ${address}`,
  number: (sequence: string) => `No. ${sequence}`,
  detailOf: (sequence: string) => `Detail of entry ${sequence}`,
  entry: {
    principal: 'Who',
    application: 'Application',
    address: 'From the address',
    resource: 'On',
    hash: 'Hash',
    detail: 'Detail',
  },
  emptyTitle: 'No entry',
  empty: 'No entry of the trail has this operation and outcome.',
  verify: {
    title: 'Prove that nothing was changed',
    lead: 'The entries form a chain: each holds a keyed hash over the one before. A walk from the first to the last shows any that was changed, removed, moved or put in.',
    action: 'Verify now',
    never: 'Not verified here yet.',
    progress: 'Entries walked',
    walking: (walked: number, total: number) =>
      total === 0 ? 'Beginning at the first entry.' : `${formatCount(walked)} of ${formatCount(total)} entries walked.`,
    intact: (entries: number) =>
      entries === 1 ? 'The one entry fits the chain.' : `All ${formatCount(entries)} entries fit the chain.`,
    broken: (good: number) =>
      `${good === 0 ? 'No entry is' : good === 1 ? 'The first entry is' : `The first ${formatCount(good)} entries are`} good; what comes after cannot be judged. Tell whoever runs the server: a copy of the database and the log is evidence.`,
    when: (ago: string, name: string) => `Verified ${ago}. Started by: ${name}.`,
    failed: 'The last verification was not finished and says nothing. Verify again.',
    findings: {
      missing: (entry: number) => `Entry ${formatCount(entry)} is missing.`,
      duplicated: (entry: number) => `The number ${formatCount(entry)} stands twice.`,
      altered: (entry: number) => `Entry ${formatCount(entry)} was changed, moved or put in.`,
      cutOff: (entry: number) => `The trail was cut off: entry ${formatCount(entry)} and what followed are missing.`,
      trailMissing: () => 'The whole trail is gone.',
      keyMissing: () => 'The key of the trail is gone: nothing of it can be checked.',
      headMissing: () => 'The record of where the trail ends is gone.',
      headForged: () => 'The record of where the trail ends was changed.',
      beyondHead: (entry: number) =>
        `Entries from ${formatCount(entry)} on stand behind the recorded end of the trail.`,
    },
    unknown: (entry: number) => `Entry ${formatCount(entry)} does not fit the chain.`,
    beyond:
      'An older copy of the whole database that was put back fits its own chain: only the log of the server shows that, to whoever runs it.',
    guide: 'More about the audit trail',
  },
} as const;
