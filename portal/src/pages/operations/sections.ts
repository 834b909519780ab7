import type { Right } from '../../app/rights.ts';

interface Section {
  readonly to:
    | '/operations/imports'
    | '/operations/suppressions'
    | '/operations/people'
    | '/operations/applications'
    | '/operations/keys'
    | '/operations/customer-loads'
    | '/operations/account-loads'
    | '/operations/settings'
    | '/operations/identifier-types'
    | '/operations/attributes'
    | '/operations/audit';
  readonly label: string;
  /** What it is for, on the overview. */
  readonly about: string;
  /** Whoever lacks it does not see the section. */
  readonly right: Right;
}

/** The parts of the operations, in the order of the navigation. */
export const sections: readonly Section[] = [
  {
    to: '/operations/imports',
    label: 'Imports',
    about: 'What became of every list: lines, matches, and what was wrong.',
    right: 'readAudiences',
  },
  {
    to: '/operations/suppressions',
    label: 'Suppressions',
    about: 'Customers who are held back from exports.',
    right: 'readAudiences',
  },
  {
    to: '/operations/people',
    label: 'People',
    about: 'Who signs in, and what their roles let them do.',
    right: 'readAccess',
  },
  {
    to: '/operations/applications',
    label: 'Applications',
    about: 'Programs that use the API, their secrets and keys.',
    right: 'readAccess',
  },
  {
    to: '/operations/keys',
    label: 'Keys',
    about: 'What customers are sealed and lists are matched with, and its rotation.',
    right: 'readAccess',
  },
  {
    to: '/operations/customer-loads',
    label: 'Customer loads',
    about: 'The customer base: each load with its counts, and a new one.',
    right: 'loadCustomers',
  },
  {
    to: '/operations/account-loads',
    label: 'Account loads',
    about: 'Products and balances of the customers.',
    right: 'loadCustomers',
  },
  {
    to: '/operations/settings',
    label: 'Settings',
    about: 'What filters may ask, which templates are offered, and the limits of this server.',
    right: 'readSettings',
  },
  {
    to: '/operations/identifier-types',
    label: 'Identifier types',
    about: 'How the values of a list are read, and why one is refused.',
    right: 'readAudiences',
  },
  {
    to: '/operations/attributes',
    label: 'Customer attributes',
    about: 'What your institution has defined to know of its customers.',
    right: 'readAudiences',
  },
  {
    to: '/operations/audit',
    label: 'Audit trail',
    about: 'Who did what, and how to prove that nothing was changed since.',
    right: 'readAudit',
  },
];

/** Those that somebody sees. */
export function sectionsFor(may: (right: Right) => boolean): readonly Section[] {
  return sections.filter(({ right }) => may(right));
}
