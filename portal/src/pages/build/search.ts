/** What the builder begins with, as the address has it: an audience to change, a template, or nothing. */
export interface BuildSearch {
  readonly audience?: string;
  readonly template?: string;
}

const id = /^[-_:.~$a-zA-Z0-9]{6,48}$/;

export function readBuildSearch(search: Record<string, unknown>): BuildSearch {
  if (isId(search.audience)) return { audience: search.audience };
  return isId(search.template) ? { template: search.template } : {};
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && id.test(value);
}
