import { formatCount } from '../../../text/en.ts';
import { channelWords } from '../../../text/words.ts';

export const channels = ['any', 'email', 'sms', 'phone', 'mail'] as const;
export type Channel = (typeof channels)[number];

const people = (count: number) => (count === 1 ? '1 member' : `${formatCount(count)} members`);

export const text = {
  title: 'Export the members',
  lead: (count: number, version: number) =>
    `${people(count)} of version ${formatCount(version)}. They become one file, a row for each.`,
  format: 'File',
  formats: { csv: 'CSV', jsonl: 'JSON Lines' },
  forSpreadsheet: 'I will open it in a spreadsheet',
  forSpreadsheetHint: 'Cells that a spreadsheet would run as a formula get an apostrophe in front.',
  channel: 'How they will be contacted',
  channelHint: 'Suppressions hold customers back from a channel. They stay members and are not in the file.',
  nobodyHeldBack: 'Nobody is held back from any channel: no suppression names a member.',
  channels: {
    ...channelWords,
    any: 'Not decided: leave out whoever is held back from any channel',
  },
  heldBack: (count: number) => (count === 0 ? 'nobody is held back' : `${people(count)} held back`),
  reveal: 'Unmasked, with tax ids and account numbers',
  reason: 'Reason',
  reasonHint: 'It goes into the audit trail with the id of every customer in the file.',
  start: 'Save the file',
  cancel: 'Cancel',
  close: 'Close',
  stop: 'Stop',
  progress: (rows: number, expected: number) => `${formatCount(rows)} of ${formatCount(expected)} rows`,
  progressLabel: 'Rows gathered',
  stopped: 'Stopped. Nothing was saved.',
  wholeTitle: (rows: number) => `${rows === 1 ? '1 row is' : `${formatCount(rows)} rows are`} in the file`,
  parts: { rows: 'in the file', heldBack: 'held back by suppressions', withheld: 'left the customer base since' },
  sum: (version: number) => `members of version ${formatCount(version)}`,
  whole: 'The file is complete: rows and who is left out make up the count of the audience.',
  changed: (count: number) =>
    count === 1 ? '1 cell got an apostrophe in front.' : `${formatCount(count)} cells got an apostrophe in front.`,
  saveAgain: 'Save again',
  failedTitle: 'Nothing was saved',
  failed: {
    suppressionsChanged: 'Who is held back changed while the pages were read. Start again.',
    otherCount: (rows: number, count: number) =>
      `${formatCount(rows)} rows came, which does not agree with the count of ${formatCount(count)} members. Start again; if it stays so, tell your administrator.`,
  },
  again: 'Start again',
} as const;
