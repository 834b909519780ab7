import type { Schemas } from '../../../api/client.ts';
import { formatCount, formatDay, text as shared } from '../../../text/en.ts';

type Channel = Schemas['suppression']['channel'];

const from = {
  email: 'e-mail',
  sms: 'text messages',
  phone: 'phone calls',
  mail: 'letters',
  any: 'every channel',
} as const satisfies Record<Channel, string>;

export const text = {
  title: 'Suppressions',
  lead: 'Customers who are not to be contacted. They stay members of their audiences and are left out of exports.',
  add: 'Add a suppression',
  caption: 'Suppressions',
  count: (count: number) => (count === 1 ? '1 suppression' : `${formatCount(count)} suppressions`),
  channelLabel: 'Channel',
  columns: { name: 'Name', channel: 'Channel', until: 'Until', count: 'Customers held back' },
  source: { list: 'From a list', audience: 'Follows an audience' },
  until: (day: string | undefined) => (day === undefined ? 'No end' : formatDay(`${day}T12:00:00`)),
  expired: (day: string | undefined) => (day === undefined ? 'Expired' : `Expired ${formatDay(`${day}T12:00:00`)}`),
  emptyTitle: 'Nobody is held back',
  empty: 'A suppression keeps customers out of exports: for one channel or for all, until a day or for good.',
  held: (count: number, channel: Channel) =>
    `${shared.customers(count)} ${count === 1 ? 'is' : 'are'} held back from ${from[channel]}.`,
  receiving: 'The list is being read.',
  unmatched: ({ lineCount, matchedCount }: { lineCount: number; matchedCount: number }) =>
    `${formatCount(matchedCount)} of ${formatCount(lineCount)} lines named a customer.`,
  change: 'Change',
  changed: (name: string) => `“${name}” is changed.`,
  delete: 'Delete',
  deleted: (name: string) => `“${name}” is deleted. It holds back nobody any more.`,
  confirmTitle: (name: string) => `Delete “${name}”?`,
  confirm: (count: number) =>
    `${shared.customers(count)} can be exported again at once, unless another suppression names them. This cannot be undone.`,
  form: {
    source: 'Customers come from',
    audience: 'An audience',
    list: 'A list',
    audienceLabel: 'Audience',
    audienceHint: 'Whoever is a member is held back, today and later.',
    audiencePlaceholder: 'Search by name',
    audienceNone: 'No audience has this name',
    name: 'Name',
    channel: 'Hold back from',
    until: 'Until the end of',
    untilHint: 'A day in UTC. Without one it holds until it is deleted.',
    identifierType: 'The list contains',
    file: 'File',
    fileHint: 'One value a line, up to 5 MB. Larger lists go over the API.',
    filePlaceholder: 'Choose a file',
    fileTooLarge: 'This file is larger than 5 MB. Send it over the API, or by an audience that you import.',
    header: 'The first line is a header',
    submit: 'Hold them back',
    save: 'Save',
    members: (count: number) => `${shared.customers(count)} now`,
  },
} as const;
