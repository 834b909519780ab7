import { Problem } from '../../../lib/problem.ts';

const spreadsheetAdvice = 'Open it in the spreadsheet program, save the list as CSV, and send that.';

/** What people send by mistake, by its first bytes (hex), and what to tell them. */
const knownFormats: readonly { readonly magic: string; readonly name: string; readonly advice: string }[] = [
  { magic: '504b0304', name: 'an Excel workbook or a ZIP archive', advice: `${spreadsheetAdvice} Unpack archives.` },
  { magic: '504b0506', name: 'an empty ZIP archive', advice: 'Send the list itself.' },
  { magic: 'd0cf11e0a1b11ae1', name: 'an old Excel workbook', advice: spreadsheetAdvice },
  { magic: '255044462d', name: 'a PDF document', advice: 'Send the list as text or CSV.' },
  { magic: '7b5c727466', name: 'a rich text document', advice: 'Save the list as plain text.' },
  { magic: '1f8b', name: 'compressed twice', advice: 'Compress the list once.' },
  { magic: '377abcaf271c', name: 'a 7-Zip archive', advice: 'Unpack it, or use gzip.' },
  { magic: '526172211a07', name: 'a RAR archive', advice: 'Unpack it, or use gzip.' },
  { magic: '28b52ffd', name: 'compressed with Zstandard', advice: 'Use gzip.' },
  { magic: 'fd377a585a00', name: 'compressed with xz', advice: 'Use gzip.' },
  { magic: '425a6839314159265359', name: 'compressed with bzip2', advice: 'Use gzip.' },
  { magic: '50415231', name: 'a Parquet file', advice: 'Send the list as text or CSV.' },
  { magic: '53514c69746520666f726d6174203300', name: 'an SQLite database', advice: 'Send the list as text or CSV.' },
  { magic: '89504e470d0a1a0a', name: 'an image', advice: 'Send the list as text or CSV.' },
  { magic: 'ffd8ff', name: 'an image', advice: 'Send the list as text or CSV.' },
  { magic: '47494638', name: 'an image', advice: 'Send the list as text or CSV.' },
];

/** More than one NUL in so many bytes is no text; a stray one only spoils its line. */
const bytesPerNul = 10;

/**
 * Refuses what is not a text list, by its first bytes.
 *
 * @throws Problem `unreadableList`
 */
export function requireText(head: Uint8Array, options: { isUtf16: boolean }): void {
  const hex = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 16)).toString('hex');
  const format = knownFormats.find(({ magic }) => hex.startsWith(magic));
  if (format !== undefined) {
    throw new Problem('unreadableList', { detail: `The content is ${format.name}, not a text list. ${format.advice}` });
  }
  if (options.isUtf16) return;
  let nulCount = 0;
  for (const byte of head) if (byte === 0) nulCount += 1;
  if (nulCount > 1 && nulCount * bytesPerNul > head.length) {
    throw new Problem('unreadableList', {
      detail:
        'The content has too many NUL bytes for a text list. UTF-16 needs a byte-order mark or the charset parameter; other files are to be saved as CSV.',
    });
  }
}
