import type { Audience, Schemas } from '../../../api/client.ts';

export interface Described {
  readonly name: string;
  readonly description: string;
  readonly purpose: Audience['purpose'];
  readonly justification: string;
}

type Before = Pick<Audience, 'name' | 'description' | 'purpose' | 'approval'>;

/** What the fields begin with. */
export function describedOf({ name, description = '', purpose, approval }: Before): Described {
  return { name, description, purpose, justification: approval?.justification ?? '' };
}

/** The fields after somebody else's change: what the person has written stays, the rest is as it is now. */
export function carriedOver(typed: Described, { before, now }: { before: Before; now: Before }): Described {
  const [was, is] = [describedOf(before), describedOf(now)];
  return {
    name: typed.name === was.name ? is.name : typed.name,
    description: typed.description === was.description ? is.description : typed.description,
    purpose: typed.purpose === was.purpose ? is.purpose : typed.purpose,
    justification: typed.justification === was.justification ? is.justification : typed.justification,
  };
}

/** Only what differs (RFC 7396): what somebody else changed meanwhile stays. An empty description is none. */
export function describePatch(before: Before, after: Described): Schemas['customerAudiencePatch'] {
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
