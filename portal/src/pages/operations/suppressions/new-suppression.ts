import { encodeBase64 } from '../../../api/base64.ts';
import type { Schemas } from '../../../api/client.ts';

export type Suppression = Schemas['suppression'];
export type Channel = Suppression['channel'];
type IdentifierTypeName = Schemas['identifierType']['name'];

export const channels = ['any', 'email', 'sms', 'phone', 'mail'] as const satisfies readonly Channel[];

/** Over it a list is not small any more: it goes as a stream, which a suppression does not take. */
export const listBytesMax = 5 * 1024 * 1024;

/** What the form has, as far as it was filled in. */
export interface SuppressionForm {
  readonly source: 'audience' | 'list';
  readonly name: string;
  readonly channel: Channel;
  /** `2026-12-31`, or nothing */
  readonly expiresOn: string;
  readonly customerAudience: string | null;
  readonly identifierType: IdentifierTypeName;
  readonly file: File | null;
  readonly includesHeader: boolean;
}

export const emptyForm: SuppressionForm = {
  source: 'audience',
  name: '',
  channel: 'any',
  expiresOn: '',
  customerAudience: null,
  identifierType: 'emailAddress',
  file: null,
  includesHeader: false,
};

/** Whether there is enough to ask the server. */
export function isComplete(form: SuppressionForm): boolean {
  if (form.name.trim() === '') return false;
  if (form.source === 'audience') return form.customerAudience !== null;
  return form.file !== null && form.file.size <= listBytesMax;
}

type NewSuppression = Schemas['newAudienceSuppression'] | Schemas['newListSuppression'];

/** @throws Error when the form is not complete */
export async function bodyOf(form: SuppressionForm): Promise<NewSuppression> {
  const shared = {
    name: form.name.trim(),
    channel: form.channel,
    ...(form.expiresOn === '' ? {} : { expiresOn: form.expiresOn }),
  };
  if (form.source === 'audience' && form.customerAudience !== null)
    return { ...shared, customerAudience: form.customerAudience };
  if (form.source === 'audience' || form.file === null) throw new Error('the form is not complete');
  const content = encodeBase64(new Uint8Array(await form.file.arrayBuffer()));
  const { identifierType, includesHeader } = form;
  const reading = { identifierType, includesHeader, repairs: [], invalidRows: 'skip' as const };
  return { ...shared, ...reading, fileName: form.file.name.slice(-255), content };
}
