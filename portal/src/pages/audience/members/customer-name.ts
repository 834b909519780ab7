import type { Schemas } from '../../../api/client.ts';

type Named = Pick<Schemas['customer'], 'givenName' | 'familyName' | 'businessName' | 'coreCustomerId'>;

/** What a customer is called, or the core system's id of one without a name. */
export function customerName({ givenName, familyName, businessName, coreCustomerId }: Named): string {
  const name = businessName ?? [givenName, familyName].filter((part) => part !== undefined).join(' ');
  return name.trim() === '' ? coreCustomerId : name;
}
