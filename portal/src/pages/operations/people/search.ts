/** Whom the table shows, as the address has it. */
export interface PeopleSearch {
  readonly name?: string;
}

export function readPeopleSearch({ name }: Record<string, unknown>): PeopleSearch {
  const word = typeof name === 'string' || typeof name === 'number' ? String(name).slice(0, 80) : '';
  return word === '' ? {} : { name: word };
}
