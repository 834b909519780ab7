import { type UploadAnswer, upload } from '../../../api/upload.ts';

export interface ListToSend {
  /** `/service/importedCustomerAudiences` */
  readonly path: string;
  /** The state that the change is based on; with another it is refused. */
  readonly ifMatch?: string;
  readonly file: File;
  /** Fields of the request; they stand before the file, which is read as it arrives. */
  readonly fields: Readonly<Record<string, string>>;
  /** `check` changes nothing and keeps its ledger for a day; the others are answered once the list is safe on the server. */
  readonly purpose: 'check' | 'create' | 'edit';
  /** The same for the same list sent again: it then makes nothing twice. */
  readonly idempotencyKey: string;
}

/**
 * Sends a list straight from the disk.
 *
 * @param onSent told how many bytes of the file have gone
 * @throws ProblemError; an AbortError when the signal ends it
 */
export function sendList(
  { path, ifMatch, file, fields, purpose, idempotencyKey }: ListToSend,
  { signal, onSent }: { signal: AbortSignal; onSent: (bytes: number) => void },
): Promise<UploadAnswer> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('content', file, file.name);
  const isCheck = purpose === 'check';
  return upload({
    path,
    query: isCheck ? { dryRun: 'true' } : {},
    headers: {
      Prefer: isCheck ? 'return=representation' : 'respond-async',
      'Idempotency-Key': idempotencyKey,
      ...(ifMatch === undefined ? {} : { 'If-Match': ifMatch }),
    },
    body: form,
    onProgress: (share) => onSent(Math.round(share * file.size)),
    signal,
  });
}
