import type { Audience, Schemas } from '../../../api/client.ts';

interface Described {
  readonly name: string;
  readonly description: string;
  readonly purpose: Audience['purpose'];
  readonly justification: string;
}

/** Only what differs (RFC 7396): what somebody else changed meanwhile stays. An empty description is none. */
export function describePatch(
  before: Pick<Audience, 'name' | 'description' | 'purpose' | 'approval'>,
  after: Described,
): Schemas['customerAudiencePatch'] {
  const name = after.name.trim();
  const description = after.description.trim();
  const justification = after.justification.trim();
  return {
    ...(name === before.name ? {} : { name }),
    ...(description === (before.description ?? '') ? {} : { description: description === '' ? null : description }),
    ...(after.purpose === before.purpose ? {} : { purpose: after.purpose }),
    ...(justification === (before.approval?.justification ?? '') ? {} : { justification }),
  };
}
