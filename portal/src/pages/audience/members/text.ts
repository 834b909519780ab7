import { formatCount } from '../../../text/en.ts';

export const text = {
  tableLabel: 'Members',
  columns: {
    name: 'Name',
    coreCustomerId: 'Customer',
    emailAddress: 'E-mail',
    phoneNumber: 'Phone',
    place: 'Region',
    birthYear: 'Born',
    customerSince: 'Customer since',
    taxIdNumber: 'Tax id',
    explain: 'Why',
  },
  shown: (read: number, count: number) =>
    read >= count ? `${formatCount(count)} members` : `${formatCount(read)} of ${formatCount(count)} members loaded`,
  withheld: (count: number) =>
    count === 1
      ? '1 member has left the customer base since and is not listed.'
      : `${formatCount(count)} members have left the customer base since and are not listed.`,
  loadingMore: 'Reading more members',
  none: '-',
  explainOf: (name: string) => `Why is ${name} in it?`,
  explain: 'Why',
  emptyTitle: 'Nobody is in this version',
  empty: 'The customers whom it names may have left the customer base.',
  older: (version: number, last: number) =>
    `You are looking at version ${formatCount(version)} of ${formatCount(last)}.`,
  toPresent: 'Go to the present version',
  find: { label: 'Customer to explain', placeholder: 'Customer id', action: 'Why or why not?' },
  masked: 'Values are masked.',
  reveal: 'Show unmasked',
  revealed: (reason: string) => `Values are unmasked for: ${reason}`,
  hide: 'Mask again',
  revealDialog: {
    title: 'Show unmasked values',
    lead: 'E-mail, phone and tax id of every member that you scroll to. Each customer shown goes into the audit trail, with your reason.',
    reason: 'Reason',
    placeholder: 'For example: answering case 4711',
    action: 'Show them',
  },
} as const;
