import { baseAddress, changeHeaders, needSignIn } from '../../../api/client.ts';
import { connection } from '../../../api/connection.ts';
import { offline, ProblemError, problemOf } from '../../../api/problem.ts';

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

export interface SendAnswer {
  /** Not yet looked at. */
  readonly body: unknown;
  /** Of the audience that it speaks of. */
  readonly tag: string;
}

/**
 * Sends a list straight from the disk. XMLHttpRequest, because `fetch` tells no progress of what it sends.
 *
 * @param onSent told how many bytes have gone
 * @throws ProblemError; an AbortError when the signal ends it
 */
export function sendList(
  { path, ifMatch, file, fields, purpose, idempotencyKey }: ListToSend,
  { signal, onSent }: { signal: AbortSignal; onSent: (bytes: number) => void },
): Promise<SendAnswer> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('content', file, file.name);
  const request = new XMLHttpRequest();
  const query = purpose === 'check' ? '?dryRun=true' : '';
  request.open('POST', `${baseAddress}${path}${query}`);
  request.setRequestHeader('Prefer', purpose === 'check' ? 'return=representation' : 'respond-async');
  if (ifMatch !== undefined) request.setRequestHeader('If-Match', ifMatch);
  const headers = { ...changeHeaders(), 'Idempotency-Key': idempotencyKey };
  for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
  return new Promise((resolve, reject) => {
    request.upload.onprogress = ({ loaded }) => onSent(Math.min(loaded, file.size));
    request.upload.onload = () => onSent(file.size);
    request.onload = () => {
      const body = parsed(request.responseText);
      if (request.status >= 200 && request.status < 300) {
        return resolve({ body, tag: request.getResponseHeader('ETag') ?? '' });
      }
      const problem = problemOf(request.status, body);
      if (request.status === 401) needSignIn(problem);
      reject(new ProblemError(problem));
    };
    request.onerror = () => {
      connection.doubt();
      reject(new ProblemError(offline));
    };
    request.onabort = () => reject(new DOMException('The sending was canceled.', 'AbortError'));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(form);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
