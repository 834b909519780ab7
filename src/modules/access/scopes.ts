/** What an application may do at most (api.md section 1). */
export const scopes = [
  'bankingAdmin/read',
  'bankingAdmin/write',
  'identity/read',
  'customers/read',
  'customers/write',
] as const;

export type Scope = (typeof scopes)[number];

const known: ReadonlySet<string> = new Set(scopes);

export function isScope(text: string): text is Scope {
  return known.has(text);
}
