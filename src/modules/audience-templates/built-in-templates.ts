import { builtInFilterTypes, checkFilters, type FilterBody } from '../filters/index.ts';

/** A template that every institution has. Its id is a name, which those that we make up never look like. */
export interface BuiltInTemplate {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly filters: readonly FilterBody[];
}

const has = (name: string, operator: string, ...values: (string | number | boolean)[]): FilterBody => ({
  filterType: { name },
  operator,
  values,
});

const catalogue: readonly BuiltInTemplate[] = [
  {
    id: 'newCustomers',
    name: 'New customers',
    description: 'Who joined within the last 90 days.',
    filters: [has('customerSince', 'withinLast', 90)],
  },
  {
    id: 'youngSavers',
    name: 'Young savers',
    description: 'Who has a savings account and reaches 18 to 29 years this year.',
    filters: [has('customerAge', 'between', 18, 29), has('productType', 'equals', 'savings')],
  },
  {
    id: 'withoutOnlineBanking',
    name: 'Without online banking',
    description: 'Who is known not to be enrolled in online banking.',
    filters: [has('onlineBankingEnrolled', 'equals', false)],
  },
  {
    id: 'paperStatements',
    name: 'Paper statements, with e-mail',
    description: 'Who gets statements on paper although an e-mail address is on file.',
    filters: [has('electronicStatements', 'equals', false), has('hasEmailAddress', 'equals', true)],
  },
  {
    id: 'dormantOnlineUsers',
    name: 'Dormant online users',
    description:
      'Who is enrolled in online banking and last logged in more than 180 days ago. Whose last log-in is not known is left out.',
    filters: [has('onlineBankingEnrolled', 'equals', true), has('lastLoginAt', 'notWithinLast', 180)],
  },
  {
    id: 'largeDeposits',
    name: 'Deposits of 100,000 and more',
    description: 'Whose savings, checking, certificates and retirement accounts hold at least 100,000.00 together.',
    filters: [has('totalDeposits', 'greaterThanOrEqualTo', '100000.00')],
  },
  {
    id: 'certificateHolders',
    name: 'Certificate holders',
    description: 'Who owns a certificate of deposit.',
    filters: [has('productType', 'equals', 'cd')],
  },
  {
    id: 'loanWithoutChecking',
    name: 'Loan, no checking account',
    description: 'Who has a loan here, and the checking account elsewhere or nowhere.',
    filters: [has('productType', 'equals', 'loan'), has('productType', 'notEquals', 'checking')],
  },
];

/** Complete, as filters are kept; one that could not be asked would stop the start. */
export const builtInTemplates: readonly BuiltInTemplate[] = catalogue.map((template) => ({
  ...template,
  filters: checkFilters(template.filters, builtInFilterTypes, { today: 0 }).filters,
}));

export function findBuiltInTemplate(id: string): BuiltInTemplate | undefined {
  return builtInTemplates.find((template) => template.id === id);
}
