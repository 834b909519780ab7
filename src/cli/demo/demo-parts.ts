import { CliError } from '../cli-error.ts';
import type { ApiClient, ApiRequest } from '../client/api-client.ts';
import { listAudiences } from '../client/audience-lookup.ts';

/** The first start has the plain name, a later one the next number: names are unique among active audiences. */
export async function freeName(client: ApiClient, plain: string): Promise<string> {
  const taken = new Set((await listAudiences(client)).map(({ name }) => name.toLowerCase()));
  let name = plain;
  for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${plain} ${number}`;
  return name;
}

/** The body of a request, and what says that it is JSON. */
export function jsonBody(value: unknown): Pick<ApiRequest, 'headers' | 'body'> {
  return {
    headers: { 'content-type': 'application/json' },
    body: async function* () {
      yield Buffer.from(JSON.stringify(value));
    },
  };
}

/** Every step of the demo holds what the one before has said. */
export function verify(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new CliError(`the demo does not hold: ${otherwise}`);
}
