export const text = {
  title: 'Help',
  lead: 'Guides, what each problem means, and the API.',
  search: 'Search the titles',
  begin: 'New here? Work with the portal',
  reference: 'API reference',
  back: 'All of the help',
  kinds: {
    guides: { title: 'Guides', about: 'How things are done, in the portal’s terms and over the API.' },
    problems: { title: 'What a problem means', about: 'What happened, why, and what to do.' },
    operations: { title: 'Running the server', about: 'For whoever keeps Rollcall running.' },
  },
  noneTitle: 'No title matches',
  none: 'Try another word, or look into the API reference.',
  notFoundTitle: 'There is no such page of the help',
  notFound: 'It may be of another version of Rollcall.',
  table: 'Table',
} as const;
