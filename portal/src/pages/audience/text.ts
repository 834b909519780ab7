import { formatCount } from '../../text/en.ts';

export const text = {
  loading: 'Loading the audience',
  all: 'Audiences',
  unknown: 'Audience',
  tabsLabel: 'Parts of the audience',
  tabs: {
    overview: 'Overview',
    members: 'Members',
    insights: 'Insights',
    history: 'History',
    overlap: 'Overlap',
    sharing: 'Sharing',
  },
  kind: { imported: 'From a list', filtered: 'From criteria', combined: 'From audiences' },
  state: { active: 'Active', pendingApproval: 'Waiting for approval', archived: 'Archived' },
  purpose: { servicing: 'Servicing', marketing: 'Marketing', credit: 'Credit', research: 'Research' },
  purposeLabel: 'What it is for',
  customers: (count: number) => (count === 1 ? 'customer' : 'customers'),
  version: (version: number) => `Version ${formatCount(version)}`,
  updated: (ago: string) => `Updated ${ago}`,
  refreshed: (ago: string) => `Members refreshed ${ago}`,
  owner: (name: string) => `Owner: ${name}`,
  export: 'Export',
  actions: 'More actions',
  describe: 'Rename or describe…',
  editMembers: 'Edit members…',
  refresh: 'Refresh the members',
  copy: 'Copy…',
  archive: 'Archive',
  restore: 'Restore',
  delete: 'Delete…',
  archived: 'This audience is archived. It can be read, copied and exported; its members cannot be changed.',
  archivedNotice: (name: string) => `“${name}” is archived.`,
  restoredNotice: (name: string) => `“${name}” is active again.`,
  refreshedNotice: (before: number, after: number) =>
    before === after
      ? `The members are refreshed: still ${formatCount(after)} customers.`
      : `The members are refreshed: ${formatCount(after)} customers, ${formatCount(before)} before.`,
  pendingTitle: 'The members can be seen after the approval',
  pending:
    'This audience is for credit and stands on restricted criteria. A second person reads and approves it first.',
  toOverview: 'See what needs approval',
} as const;
