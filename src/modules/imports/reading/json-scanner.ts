import { isUtf8 } from 'node:buffer';
import { parse } from 'secure-json-parse';
import { Problem } from '../../../lib/problem.ts';
import type { Base64Decoder } from './base64-decoder.ts';
import { fieldsBytesMax, jsonDepthMax } from './reading-limits.ts';

const quote = 0x22;
const backslash = 0x5c;
const contentName = 'content';
/** What a short escape stands for (RFC 8259 section 7); `\u` has its own rule. */
const escapes: ReadonlyMap<number, number> = new Map(
  [...'""\\\\//b\bf\fn\nr\rt\t'.matchAll(/(.)(.)/gs)].map(([, letter = '', meant = '']) => [
    letter.charCodeAt(0),
    meant.charCodeAt(0),
  ]),
);

/**
 * Scans a JSON object as its bytes arrive. The top-level string member `content` goes to the base64 decoder without ever
 * becoming a string; everything else, at most 64 KiB, is gathered and parsed at the end. A byte-order mark is ignored
 * (RFC 8259 section 8.1 allows it).
 *
 * All errors are Problem `badRequest` (what is no JSON object, a repeated top-level name, `__proto__`, more than 32
 * levels, bytes that are not UTF-8), `payloadTooLarge`, or what the decoder throws.
 */
export class JsonScanner {
  readonly #decoder: Base64Decoder;
  readonly #fields = new Uint8Array(fieldsBytesMax);
  readonly #names = new Set<string>();
  #length = 0;
  #position = 0;
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  /** Where the name that is being read begins in `#fields`; -1 outside names. */
  #nameStart = -1;
  #awaits: 'object' | 'name' | 'colon' | 'value' | 'end' | 'nothing' = 'object';
  #isContentValue = false;
  #isInContent = false;
  /** Hexadecimal digits of a `\u` escape so far; undefined outside escapes of `content`. */
  #escape: string | undefined;

  constructor(decoder: Base64Decoder) {
    this.#decoder = decoder;
  }

  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.#isInContent) {
        at = this.#content(bytes, at);
      } else {
        this.#byte(bytes[at] ?? 0);
        at += 1;
      }
    }
  }

  finish(): { fieldsJson: string; hasContent: boolean } {
    if (this.#awaits !== 'nothing') throw malformed('it is cut short');
    const fields = this.#fields.subarray(0, this.#length);
    if (!isUtf8(fields)) throw malformed('it is not UTF-8');
    const { content, ...others } = parseFields(fields);
    return { fieldsJson: JSON.stringify(others), hasContent: content !== undefined };
  }

  #byte(byte: number): void {
    if (this.#isByteOrderMark(byte)) return;
    if (this.#isInString) {
      this.#keep(byte);
      this.#stringByte(byte);
    } else if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
      this.#keep(byte);
    } else if (this.#awaits === 'nothing') {
      throw malformed('something follows the object');
    } else if (this.#isContentValue && this.#awaits === 'value') {
      this.#startContent(byte);
    } else {
      this.#keep(byte);
      this.#structure(byte);
    }
  }

  #isByteOrderMark(byte: number): boolean {
    const isMark = this.#position < 3 && byte === [0xef, 0xbb, 0xbf][this.#position];
    this.#position = isMark ? this.#position + 1 : 3;
    return isMark;
  }

  #stringByte(byte: number): void {
    if (this.#isEscaped) {
      this.#isEscaped = false;
    } else if (byte === backslash) {
      this.#isEscaped = true;
    } else if (byte === quote) {
      this.#isInString = false;
      if (this.#nameStart >= 0) this.#endName();
    }
  }

  #structure(byte: number): void {
    if (this.#awaits === 'object' && byte !== 0x7b) throw malformed('it is not an object');
    switch (byte) {
      case 0x7b: // {
      case 0x5b: // [
        this.#depth += 1;
        if (this.#depth > jsonDepthMax) throw malformed(`it has more than ${jsonDepthMax} levels`);
        this.#awaits = this.#depth === 1 ? 'name' : 'end';
        return;
      case 0x7d: // }
      case 0x5d: // ]
        this.#depth -= 1;
        this.#awaits = this.#depth === 0 ? 'nothing' : 'end';
        return;
      case quote:
        this.#isInString = true;
        if (this.#depth === 1 && this.#awaits === 'name') this.#nameStart = this.#length - 1;
    }
    if (this.#depth === 1 && this.#nameStart < 0) this.#awaits = this.#afterToken(byte);
  }

  /** At the top level: what comes after a colon, a comma or a part of a value. Wrong order is left to the parser. */
  #afterToken(byte: number): 'name' | 'colon' | 'value' | 'end' {
    if (byte === 0x2c) return 'name';
    if (byte === 0x3a && this.#awaits === 'colon') return 'value';
    return 'end';
  }

  #endName(): void {
    const name = parseName(this.#fields.subarray(this.#nameStart, this.#length));
    if (this.#names.has(name)) throw malformed('a name stands in it twice');
    this.#names.add(name);
    this.#isContentValue = name === contentName;
    this.#nameStart = -1;
    this.#awaits = 'colon';
  }

  /** Leaves an empty string in the gathered text, so that it stays what it was but for the content. */
  #startContent(byte: number): void {
    if (byte !== quote) throw new Problem('badRequest', { detail: 'The member content must be a string of base64.' });
    this.#keep(quote);
    this.#keep(quote);
    this.#isContentValue = false;
    this.#isInContent = true;
    this.#awaits = 'end';
  }

  #content(bytes: Uint8Array, start: number): number {
    if (this.#escape !== undefined) {
      this.#escaped(bytes[start] ?? 0);
      return start + 1;
    }
    let end = start;
    let byte = bytes[end] ?? 0;
    while (end < bytes.length && byte !== quote && byte !== backslash && byte >= 0x20) {
      end += 1;
      byte = bytes[end] ?? 0;
    }
    this.#decoder.push(bytes, start, end);
    if (end === bytes.length) return end;
    if (byte === quote) this.#isInContent = false;
    else if (byte === backslash) this.#escape = '';
    else throw malformed('a string has a raw control character');
    return end + 1;
  }

  #escaped(byte: number): void {
    const character = String.fromCharCode(byte);
    const escaped = `${this.#escape ?? ''}${character}`;
    if (escaped.length === 1 && byte !== 0x75) {
      const meant = escapes.get(byte);
      if (meant === undefined) throw malformed('a string has an unknown escape');
      this.#decoder.character(meant);
      this.#escape = undefined;
    } else if (escaped.length > 1 && !/[0-9a-f]/i.test(character)) {
      throw malformed('a string has an unknown escape');
    } else if (escaped.length === 5) {
      this.#decoder.character(Number.parseInt(escaped.slice(1), 16));
      this.#escape = undefined;
    } else {
      this.#escape = escaped;
    }
  }

  #keep(byte: number): void {
    if (this.#length === fieldsBytesMax) {
      throw new Problem('payloadTooLarge', {
        detail: `The JSON body has more than ${fieldsBytesMax} bytes besides content.`,
      });
    }
    this.#fields[this.#length] = byte;
    this.#length += 1;
  }
}

function parseFields(fields: Uint8Array): Record<string, unknown> {
  try {
    return parse(Buffer.from(fields).toString('utf8'), null, { protoAction: 'error', constructorAction: 'error' });
  } catch {
    // The parser's own message quotes the text.
    throw malformed('its syntax is wrong or it has a forbidden name');
  }
}

function parseName(name: Uint8Array): string {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(name).toString('utf8'));
    if (typeof parsed === 'string') return parsed;
  } catch {
    // As above.
  }
  throw malformed('a name in it is wrong');
}

function malformed(why: string): Problem {
  return new Problem('badRequest', { detail: `The body is not a JSON object as in RFC 8259: ${why}.` });
}
