import type { Audience } from '../../api/client.ts';
import type { Edit } from './edit/edit.ts';
import { columnField, type ListChoices } from './reading/list-choices.ts';
import type { ListHead } from './reading/list-head.ts';

export const purposes = [
  'marketing',
  'servicing',
  'credit',
  'research',
] as const satisfies readonly Audience['purpose'][];
export const nameMax = 80;
export const descriptionMax = 4_000;

/** What the audience is called, what it is for, and what its lines may do. */
export interface AudienceDetails {
  readonly name: string;
  readonly description: string;
  readonly purpose: (typeof purposes)[number];
  readonly multipleMatches: 'include' | 'exclude';
  readonly restoreLeadingZeros: boolean;
}

export const emptyDetails: AudienceDetails = {
  name: '',
  description: '',
  purpose: 'marketing',
  multipleMatches: 'include',
  restoreLeadingZeros: false,
};

/** The repair is one of tax ids only. */
export function isRepairable(choices: ListChoices): boolean {
  return choices.identifierType === 'taxIdNumber';
}

/** The fields of the request, as a form has them: of a list that makes an audience, or of one that edits its members. */
export function fieldsOf(
  { head, choices }: { head: ListHead; choices: ListChoices },
  details: AudienceDetails,
  edit: Edit | undefined,
): Record<string, string> {
  const column = columnField(head, choices);
  return {
    identifierType: choices.identifierType,
    includesHeader: String(choices.hasHeader),
    ...(column === undefined ? {} : { column }),
    ...(head.isCharsetChosen ? { charset: head.charset } : {}),
    ...(edit === undefined ? newAudience(details) : { mode: edit.mode }),
    multipleMatches: details.multipleMatches,
    ...(isRepairable(choices) && details.restoreLeadingZeros ? { repairs: 'restoreLeadingZeros' } : {}),
  };
}

function newAudience({ name, description, purpose }: AudienceDetails): Record<string, string> {
  return { name: name.trim(), ...(description.trim() === '' ? {} : { description }), purpose };
}
