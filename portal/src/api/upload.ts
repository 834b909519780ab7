import { changeHeaders, needSignIn } from './client.ts';
import { baseAddress, connection } from './connection.ts';
import { offline, ProblemError, problemOf, unsent } from './problem.ts';

interface Upload {
  /** `/service/customerLoads` */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Go before those that every change has. */
  readonly headers: Readonly<Record<string, string>>;
  /** A file in it the browser reads piece by piece while it sends. */
  readonly body: File | FormData;
  /** @param share of the body that is sent, 0..1 */
  readonly onProgress: (share: number) => void;
  readonly signal?: AbortSignal;
}

export interface UploadAnswer {
  /** Not yet looked at. */
  readonly body: unknown;
  /** The entity tag of what it speaks of; empty without one. */
  readonly tag: string;
}

/**
 * Sends a file, alone or in a form. Not by fetch: that tells nobody how far it is.
 * @throws ProblemError; an AbortError when the signal ends it
 */
export function upload({ path, query, headers, body, onProgress, signal }: Upload): Promise<UploadAnswer> {
  return new Promise((resolve, reject) => {
    if (connection.get() !== 'reached') return reject(new ProblemError(unsent));
    const request = new XMLHttpRequest();
    request.open('POST', `${baseAddress}${path}?${new URLSearchParams(query)}`);
    for (const [name, value] of Object.entries({ ...changeHeaders(), ...headers }))
      request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 0 : loaded / total);
    request.onload = () => {
      const answer = parsed(request.responseText);
      if (request.status >= 200 && request.status < 300)
        return resolve({ body: answer, tag: request.getResponseHeader('ETag') ?? '' });
      const problem = problemOf(request.status, answer);
      if (request.status === 401) needSignIn(problem);
      reject(new ProblemError(problem));
    };
    request.onerror = () => {
      connection.doubt();
      reject(new ProblemError(offline));
    };
    request.onabort = () => reject(new DOMException('The upload was stopped.', 'AbortError'));
    signal?.addEventListener('abort', () => request.abort(), { once: true });
    request.send(body);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
