export const text = {
  title: 'Operations',
  lead: 'What runs behind the audiences, as far as your roles go.',
} as const;
