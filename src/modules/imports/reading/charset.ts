import { TextDecoder } from 'node:util';
import { Problem } from '../../../lib/problem.ts';
import { requireText } from './content-sniffer.ts';
import { peek } from './peek.ts';
import { sniffBytes } from './reading-limits.ts';

export interface ListText {
  /** The name of the encoding in the WHATWG Encoding Standard. */
  readonly charset: string;
  /** UTF-8 without byte-order mark. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Whether all of it is in `charset`; otherwise a line that is not valid UTF-8 is windows-1252. */
  readonly isDeclared: boolean;
}

/**
 * Settles the encoding of a list once: a declared charset is obeyed, otherwise UTF-16 goes by its byte-order mark and
 * everything else is UTF-8, line by line (see `LineDecoder`).
 *
 * @throws Problem `badRequest` for an unknown charset, `unreadableList` for what is no text
 */
export async function readText(
  source: AsyncIterable<Uint8Array>,
  declaredCharset: string | undefined,
): Promise<ListText> {
  const decoder = declaredCharset === undefined ? undefined : declaredDecoder(declaredCharset);
  const { head, whole } = await peek(source, sniffBytes);
  const mark = byteOrderMark(head);
  const charset = charsetOf(declaredCharset, decoder, mark);
  requireText(head, { isUtf16: charset.startsWith('utf-16') });
  if (charset === 'utf-8') {
    const chunks = mark === 'utf-8' ? dropFirst(whole, 3) : whole;
    return { charset, isDeclared: decoder !== undefined, chunks };
  }
  return { charset, isDeclared: true, chunks: recode(whole, new TextDecoder(charset)) };
}

function declaredDecoder(label: string): TextDecoder {
  try {
    return new TextDecoder(label);
  } catch {
    throw new Problem('badRequest', {
      detail: 'The charset is unknown. Usual ones are utf-8, utf-16le, utf-16be, windows-1252 and iso-8859-1.',
    });
  }
}

/** The label `utf-16` alone leaves the byte order to the mark (RFC 2781); TextDecoder takes it for little-endian. */
function charsetOf(label: string | undefined, decoder: TextDecoder | undefined, mark: string | undefined): string {
  if (decoder === undefined) return mark ?? 'utf-8';
  return label?.trim().toLowerCase() === 'utf-16' && mark === 'utf-16be' ? mark : decoder.encoding;
}

function byteOrderMark(head: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8';
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  return undefined;
}

async function* dropFirst(source: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array> {
  let left = count;
  for await (const chunk of source) {
    const dropped = Math.min(left, chunk.length);
    left -= dropped;
    yield chunk.subarray(dropped);
  }
}

/** Pairs of surrogates and other sequences may be cut by the borders of the pieces: the decoder keeps them. */
async function* recode(source: AsyncIterable<Uint8Array>, decoder: TextDecoder): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) yield Buffer.from(decoder.decode(chunk, { stream: true }));
  yield Buffer.from(decoder.decode());
}
