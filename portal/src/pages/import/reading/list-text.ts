/** Those that a person may say a list is in; UTF-16 goes by its mark. Names of the WHATWG Encoding Standard. */
export const chosenCharsets = ['utf-8', 'windows-1252', 'macintosh', 'windows-1250', 'iso-8859-15'] as const;

export type ChosenCharset = (typeof chosenCharsets)[number];
export type Charset = ChosenCharset | 'utf-16le' | 'utf-16be';

/** Why a file is no list: a workbook has advice of its own. */
export type Unreadable = 'workbook' | 'binary' | 'empty';

/** By their first bytes (hex). The server knows more of them and names each; here the common ones are caught early. */
const workbooks = ['504b0304', '504b0506', 'd0cf11e0a1b11ae1'];
const binaries = ['255044462d', '7b5c727466', '1f8b', '377abcaf271c', '526172211a07', '28b52ffd', '89504e47', 'ffd8ff'];
const sniffBytes = 4_096;
/** More than one NUL in so many bytes is no text. */
const bytesPerNul = 10;

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** @param bytes the beginning of the unpacked list */
export function unreadable(bytes: Uint8Array): Unreadable | undefined {
  if (bytes.length === 0) return 'empty';
  const hex = Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (workbooks.some((magic) => hex.startsWith(magic))) return 'workbook';
  if (binaries.some((magic) => hex.startsWith(magic))) return 'binary';
  if (utf16Of(bytes) !== undefined) return undefined;
  const head = bytes.subarray(0, sniffBytes);
  const nuls = head.reduce((count, byte) => (byte === 0 ? count + 1 : count), 0);
  return nuls > 1 && nuls * bytesPerNul > head.length ? 'binary' : undefined;
}

export function utf16Of(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return undefined;
}

export function hasUtf8Mark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

export type LineDecoder = (line: Uint8Array) => { text: string; isWindows1252: boolean };

/**
 * One line by the rule of the server: UTF-8, and what is none is windows-1252, unless UTF-8 is what somebody said.
 *
 * @param line without byte-order mark, as `ListUnmarker` gives it
 */
export function createLineDecoder(options: { isDeclared: boolean }): LineDecoder {
  if (options.isDeclared) {
    const declared = new TextDecoder('utf-8', { ignoreBOM: true });
    return (line) => ({ text: declared.decode(line), isWindows1252: false });
  }
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const windows1252 = new TextDecoder('windows-1252');
  return (line) => {
    try {
      return { text: utf8.decode(line), isWindows1252: false };
    } catch {
      return { text: windows1252.decode(line), isWindows1252: true };
    }
  };
}
