import type { Schemas } from '../../../api/client.ts';

type EditedAudience = Schemas['editedCustomerAudience'];
type ImportLedger = Schemas['customerAudienceImport'];

export const editModes = ['add', 'remove', 'replace'] as const;
export type EditMode = (typeof editModes)[number];

/** What a list is to do with the members of an audience that is there. */
export interface Edit {
  readonly audienceId: string;
  readonly mode: EditMode;
}

/** The edit that an import is, or was; undefined where it makes something of its own. */
export function editOf({
  mode,
  customerAudienceId,
}: Pick<ImportLedger, 'mode' | 'customerAudienceId'>): Edit | undefined {
  const known = editModes.find((one) => one === mode);
  return known === undefined || customerAudienceId === undefined
    ? undefined
    : { audienceId: customerAudienceId, mode: known };
}

/** What a dry run says an edit would come to. */
export interface EditPreview {
  readonly addedCount: number;
  readonly removedCount: number;
  readonly before: number;
  readonly after: number;
  /** Of the audience that it was tried on: a replace is held to it, so that what was said is what happens. */
  readonly tag: string;
}

/** For a dry run: it changes nothing, so it may be of any state. */
export const anyState = '*';

/**
 * Where an edit is sent. A replace names the state that it replaces; adding and removing are right after any other edit.
 *
 * @param state the tag of what was checked, or {@link anyState}
 */
export function editTarget({ audienceId, mode }: Edit, state: string | undefined) {
  const path = `/service/customerAudiences/${encodeURIComponent(audienceId)}/importedCustomers`;
  return mode === 'replace' && state !== undefined ? { path, ifMatch: state } : { path };
}

/** The preview in the answer to a dry run. Anything may come from between; what has no counts is none. */
export function previewIn(body: unknown, tag: string): EditPreview | undefined {
  if (!isEdited(body)) return undefined;
  const { addedCount, removedCount, customerCount } = body;
  return { addedCount, removedCount, before: customerCount - addedCount + removedCount, after: customerCount, tag };
}

function isEdited(body: unknown): body is EditedAudience {
  return typeof body === 'object' && body !== null && 'addedCount' in body && 'customerCount' in body;
}
