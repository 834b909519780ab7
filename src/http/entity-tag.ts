import { createHash } from 'node:crypto';
import { Problem } from '../lib/problem.ts';

export interface ConditionalRequest {
  readonly headers: { readonly 'if-match'?: string | undefined; readonly 'if-none-match'?: string | undefined };
}

const listedTag = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;

/**
 * A strong entity tag (RFC 9110 section 8.8.3) of what the representation is made of: id, revision, and what else
 * changes a byte of it (media type, masked or not).
 */
export function entityTag(parts: readonly (string | number)[]): string {
  return `"${createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22)}"`;
}

/**
 * Holds a change back unless the caller has seen the present state (`If-Match`, strong comparison, `*` = any).
 *
 * @param options.optional true where a request without the header may pass (default: it may not)
 * @throws Problem `preconditionRequired` (428) without the header, `preconditionFailed` (412) on a mismatch
 */
export function checkIfMatch(request: ConditionalRequest, tag: string, options: { optional?: boolean } = {}): void {
  const header = request.headers['if-match'];
  if (header === undefined) {
    if (options.optional === true) return;
    throw new Problem('preconditionRequired', {
      detail: 'Read the resource first and send its ETag as If-Match, so that no other change is overwritten.',
    });
  }
  if (header.trim() === '*' || tagsOf(header).includes(tag)) return;
  throw new Problem('preconditionFailed', {
    detail: 'If-Match does not name the present ETag: the resource has changed. Read it again and decide anew.',
  });
}

/** Whether a GET may be answered 304: `If-None-Match` names the present tag (weak comparison) or is `*`. */
export function isNotModified(request: ConditionalRequest, tag: string): boolean {
  const header = request.headers['if-none-match'];
  if (header === undefined) return false;
  return header.trim() === '*' || tagsOf(header).some((listed) => listed.replace(/^W\//, '') === tag);
}

function tagsOf(header: string): readonly string[] {
  return header.match(listedTag) ?? [];
}
