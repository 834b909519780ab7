/** What the reference says before the operations. Markdown. */
export const openApiDescription = `
Give Rollcall a list of identifying values; it matches the list to the institution's customers, says what became of
**every line**, and keeps the result as a named audience.

- Send \`Authorization: Bearer <token>\`; with it \`API-Key\` where the application has one, and \`Institution-Id\` where the
  caller may act for several institutions. Scopes bound the application, roles the person: each operation names both.
- Errors are problems (RFC 9457, \`application/problem+json\`); \`type\` is the address of a page that says what to do.
- Pages: follow \`nextPage_url\` until it is absent. \`limit=0\` answers the count alone.
- \`?dryRun=true\` validates everything and changes nothing; \`Prefer: return=representation\` shows what would be.
- \`Idempotency-Key\` on a POST makes repeating it safe for 24 hours.
- Unknown properties and query parameters are refused, never ignored.
`.trim();

export const openApiTags: { name: string; description: string }[] = [
  { name: 'Audiences', description: 'Named sets of customers, and their members.' },
  { name: 'Audience templates', description: 'Filters under a name, to make audiences from.' },
  { name: 'Filters', description: 'What can be asked about customers.' },
  { name: 'Imports', description: 'Lists on their way into audiences, and the ledger of every line.' },
  { name: 'Suppressions', description: 'Who is not to be contacted, and so in no export.' },
  { name: 'Customers', description: 'The customer base that lists are matched to.' },
  { name: 'Customer loads', description: 'Loading the customer base.' },
  { name: 'Account loads', description: "Loading the customers' accounts, which filters count and sum up." },
  { name: 'Customer attributes', description: 'What an institution defines to know of its customers.' },
  { name: 'Identifiers', description: 'What a list can hold, and how its values are read.' },
  { name: 'Applications', description: 'The clients of the service: what they may do, and their credentials.' },
  { name: 'People', description: 'Who may sign in, as what, and how they get in.' },
  { name: 'Keys', description: 'The keys that data is sealed and matched with, and their rotation.' },
  { name: 'Session', description: 'Who is signed in to the portal, by its cookie.' },
  { name: 'Institution settings', description: 'What an institution lets its people ask.' },
  { name: 'Audit', description: 'Who did what, when and from where.' },
  { name: 'Operations', description: 'For those who run the service.' },
];
