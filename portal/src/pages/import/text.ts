import { formatCount } from '../../text/en.ts';
import { identifierTypePlurals, invalidReasonWords } from '../../text/words.ts';
import type { TypeGuess } from './reading/guess-type.ts';
import type { IdentifierType } from './reading/identifier-types.ts';
import { text as workbookText } from './workbook/text.ts';

const lines = (count: number) => (count === 1 ? '1 line' : `${formatCount(count)} lines`);
const customers = (count: number) => (count === 1 ? '1 customer' : `${formatCount(count)} customers`);

/** What the first lines show of a damage; a form of "has" follows the count. */
const valuesOfHead = (count: number) =>
  count === 1 ? 'In the first lines 1 value has' : `In the first lines ${formatCount(count)} values have`;

const forms: Record<IdentifierType, string> = {
  taxIdNumber: 'have nine digits',
  customerId: 'have 20 digits and letters from a to f, as Rollcall’s own ids have',
  coreCustomerId: 'are letters followed by digits',
  accountNumber: 'are numbers of six digits or more',
  emailAddress: 'have an @',
  phoneNumber: 'are written like phone numbers',
  username: 'are words without spaces',
};

export const text = {
  title: 'Import a list',
  lead: 'Make an audience of the customers whom a list names.',
  lines,
  customers,
  steps: {
    label: 'Steps of the import',
    list: 'List',
    check: 'Check',
    done: 'Done',
    of: (step: number, name: string) => `Step ${step} of 3: ${name}`,
  },
  drop: {
    title: 'Drop a list here, or choose a file',
    hint: 'An Excel workbook (.xlsx), CSV or text, one customer a line. CSV and text may be packed as .gz. Up to 1 GB and 20 million lines; workbooks up to 200 MB.',
    choose: 'Choose a file',
    input: 'File of the list',
    reading: 'Reading the first lines',
    private: 'Your file is read here first. It is sent only when you press “Check the list”.',
    tooLarge: 'That file is larger than 1 GB. Split it, or pack it as .gz.',
    one: 'Drop one file at a time.',
  },
  paste: {
    file: 'File',
    paste: 'Paste',
    ways: 'Where the list comes from',
    label: 'Pasted list',
    hint: 'One value a line. A range copied from a spreadsheet works too.',
    use: 'Use this list',
    fileName: 'pasted-list.txt',
  },
  refused: {
    ...workbookText.refused,
    workbook: {
      title: (name: string) => `${name} is a workbook that was packed`,
      body: 'Unpack it, then drop the workbook itself here.',
    },
    binary: {
      title: (name: string) => `${name} is not a text file`,
      body: 'Save the list as CSV or plain text, one customer a line. Of archives only .gz can be read.',
    },
    empty: { title: (name: string) => `${name} is empty`, body: 'Choose a file with at least one line.' },
    broken: {
      title: (name: string) => `${name} cannot be read`,
      body: 'It may have been moved, or its packing is damaged. Choose it again, or unpack it first.',
    },
  },
  recent: {
    title: 'Recent imports',
    columns: { file: 'File', at: 'Started', lines: 'Lines', customers: 'Customers', state: 'State' },
  },
  list: {
    title: 'Your list',
    another: 'Choose another list',
    exactly: lines,
    about: (count: number) => `about ${lines(Number(count.toPrecision(3)))}`,
    packed: 'packed as gzip',
    charset: {
      'utf-8': 'UTF-8',
      'utf-16le': 'UTF-16',
      'utf-16be': 'UTF-16',
      'windows-1252': 'Windows-1252 (Western Europe)',
      macintosh: 'Mac Roman (old Macs)',
      'windows-1250': 'Windows-1250 (Central Europe)',
      'iso-8859-15': 'ISO-8859-15 (Latin 9)',
    },
    mixed: 'UTF-8 and Windows-1252',
    characters: 'Character set',
    charactersFound: (name: string) => `${name}, as found`,
    charactersFind: 'As found in the file',
    charactersHint: 'If letters look wrong in the first lines, choose another one.',
    delimiters: {
      ',': 'columns set apart by commas',
      ';': 'columns set apart by semicolons',
      '\t': 'columns set apart by tabs',
    },
    oneValue: 'one value a line',
    firstLines: 'First lines',
    firstLinesNote: 'As they stand in the file.',
    header: 'The first line is a header',
    column: 'Column that identifies customers',
    columnOption: (column: string, name: string) => (name === '' ? `Column ${column}` : `${column}: ${name}`),
    type: 'What the values are',
    because: (guess: TypeGuess) => {
      if (guess.because === 'columnName')
        return `Guessed from the name of the column: it speaks of ${identifierTypePlurals[guess.type]}.`;
      if (guess.because === 'nothingElse') return `A guess only: the values have no form that tells. Look at it.`;
      const fitting = `${formatCount(guess.fitting)} of the first ${formatCount(guess.of)} values`;
      return guess.fitting === 0
        ? 'Guessed: the values look like tax ids that a spreadsheet spoiled.'
        : `Guessed: ${fitting} ${forms[guess.type]}.`;
    },
    chosen: 'You chose this.',
    noValues: 'The column has no values in the first lines.',
    lostZeros: {
      title: 'Zeros in front are missing',
      body: (count: number) =>
        `${valuesOfHead(count)} 7 or 8 digits where tax ids have 9. Spreadsheets take zeros in front away. They can be put back.`,
      apply: 'Put the zeros back',
      applied: 'The zeros will be put back.',
    },
    scientific: {
      title: 'Some numbers were rounded by a spreadsheet',
      body: (count: number) =>
        `${valuesOfHead(count)} a form like 1.23457E+08. The last digits are gone for good: export the list again with the column formatted as Text.`,
    },
  },
  details: {
    title: 'The audience',
    name: 'Name',
    nameHint: 'Unique among your institution’s active audiences.',
    nameMissing: 'Give the audience a name.',
    nameTaken: 'Another active audience has this name. Choose another one.',
    description: 'Description',
    descriptionHint: 'Optional. Markdown works: **bold**, lists, links.',
    descriptionView: 'Write or preview the description',
    write: 'Write',
    preview: 'Preview',
    nothing: 'Nothing to show yet.',
    purpose: 'Purpose',
    purposes: {
      marketing: 'Marketing',
      servicing: 'Servicing',
      credit: 'Credit',
      research: 'Research',
    },
    matches: 'When a line names several customers',
    matchesHint: 'A joint account or a shared e-mail address does.',
    include: 'Add all of them',
    exclude: 'Add none of them',
    ofEdit: { include: 'Take all of them', exclude: 'Take none of them' },
    zeros: 'Put back zeros that a spreadsheet took from tax ids',
    check: 'Check the list',
    checkHint: 'Nothing is created yet.',
    checkHintOfEdit: 'Nothing is changed yet.',
  },
  sending: {
    check: 'Checking the list',
    create: 'Creating the audience',
    edit: 'Changing the members',
    label: 'Share of the list that was sent',
    sent: (count: number) => `${lines(count)} sent`,
    bytes: (sent: string, total: string) => `${sent} of ${total} sent`,
    rate: (perSecond: number) => `${formatCount(perSecond)} lines a second`,
    remaining: (said: string) => `${said} left`,
    matching: 'All lines are sent. Matching them with your customers now.',
    stay: 'You can use the rest of the portal meanwhile. Keep this window open until all lines are sent.',
    cancel: 'Cancel',
  },
  elsewhere: {
    checked: (file: string) => `${file} is checked. Nothing was done with it yet.`,
    arrived: (file: string) => `${file} has arrived. The import goes on by itself.`,
    stopped: (file: string) => `${file} could not be sent to its end.`,
    look: 'Look at it',
  },
  lost: {
    title: 'The connection was lost while the list was sent',
    check:
      'Nothing was created. Your list and what you filled in are still here. Look at your connection, then check the list again.',
    create:
      'Your list and what you filled in are still here. Whether all of it had arrived is not known. Look at your connection, then create the audience again: it is never created twice.',
    edit: 'Your list is still here. Whether all of it had arrived is not known. Look at your connection, then do it again: it is never done twice.',
  },
  check: {
    title: (count: number) => `${customers(count)} would be in the audience`,
    nobody: 'No customer matched',
    nobodyBody:
      'An audience of nobody is not created. Look at what became of the lines, or change how the list is read.',
    create: (count: number) => `Create the audience of ${customers(count)}`,
    back: 'Back to the list',
    none: 'This list was not checked yet.',
  },
  ledger: {
    title: 'What became of each line',
    choose: 'Choose a part to see its lines.',
    repaired: (count: number) => `In ${lines(count)} the zeros in front were put back.`,
    windows1252: (count: number) => `${lines(count)} were not UTF-8 and were read as Windows-1252.`,
  },
  linesPanel: {
    title: (label: string, count: number) => `${label}: ${lines(count)}`,
    table: 'Line numbers',
    number: 'Line',
    reason: 'Reason',
    ownText: 'Your line',
    ownFile: 'The text of each line comes from your file on this computer, not from the server.',
    ownFileGone: 'Your file cannot be read any more: it may have been moved or changed. The line numbers stand.',
    allReasons: (count: number) => `All reasons (${formatCount(count)})`,
    reasonCount: (label: string, count: number) => `${label} (${formatCount(count)})`,
    filter: 'Show lines by reason',
    more: (count: number) => `Show ${formatCount(count)} more`,
    shown: (shown: number, of: number) => `${formatCount(shown)} of ${lines(of)} shown`,
    close: 'Close the lines',
  },
  suggestions: {
    title: 'Suggestions',
    zeros: (more: number) =>
      more === 1
        ? '1 more line matches if zeros in front are put back.'
        : `${formatCount(more)} more lines match if zeros in front are put back.`,
    applyZeros: 'Put them back and check again',
    type: (type: IdentifierType, percent: number, sample: number) =>
      `These look like ${identifierTypePlurals[type]}: about ${percent} % of ${formatCount(sample)} sampled lines match as such.`,
    applyType: (type: IdentifierType) => `Read them as ${identifierTypePlurals[type]}`,
  },
  result: {
    completed: (count: number) => `The audience has ${customers(count)}`,
    changed: (count: number) => `The list names ${customers(count)}`,
    preview: 'This was a check. It made no audience.',
    open: 'Open the audience',
    again: 'Import another list',
    running: {
      staged: 'The list has arrived safely',
      receiving: 'The list is arriving',
      matching: 'Matching the lines with your customers',
    },
    leave: 'You may leave this page or close the window: the import goes on, and this address shows how it went.',
    since: (seconds: number) => `Running for ${formatCount(seconds)} s`,
    lines: (count: number) => `${lines(count)} received`,
    cancel: 'Cancel the import',
    canceled: 'The import was canceled',
    canceledBody: 'No audience was created.',
    failed: 'The import failed',
    rejected: 'No audience was created',
    started: (file: string, moment: string) => `${file}, ${moment}`,
  },
  rejects: {
    title: 'Lines to fix',
    body: 'A CSV file of the lines below, each with its outcome and reason, made in this browser from your own file. Correct the lines and import that file.',
    which: 'Lines to put into the file',
    option: (label: string, count: number) => `${label} (${formatCount(count)})`,
    download: (count: number) => `Download ${lines(count)}`,
    choose: 'Choose the file that you imported',
    chooseHint: (name: string, count: number) => `${name}, ${lines(count)}. It is read here and sent nowhere.`,
    making: 'Making the file',
    made: (count: number) => `The file has ${lines(count)}.`,
    save: 'Save it again',
    otherFile: 'That is not the file of this import: its lines do not fit. Choose the file that you imported.',
    failed: 'The file cannot be read. It may have been moved or changed.',
    gone: 'Which lines they were is kept for 24 hours.',
  },
} as const;

/** The reason in words; a name that this page does not know yet is shown as it is. */
export function reasonText(reason: string): string {
  return invalidReasonWords[reason] ?? reason;
}

/** 1234567 -> "1.2 MB" */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'] as const;
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const amount = bytes / 1_000 ** step;
  return `${step === 0 || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${units[step] ?? 'B'}`;
}

/** 95 -> "1 min 35 s" */
export function formatSeconds(seconds: number): string {
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
