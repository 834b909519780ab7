import { format, getFormatInfo } from 'numfmt';
import { readXml } from './workbook-parts.ts';
import type { ZipPackage } from './zip-package.ts';

/** What the number format of a cell does to its number, as far as it matters to a list. */
export type NumberFormat =
  | { readonly kind: 'plain' }
  /** Zeros are put in front, as those of SSNs and ZIP codes: the number is read as Excel shows it. */
  | { readonly kind: 'padded'; readonly code: string }
  | { readonly kind: 'moment' };

const plain: NumberFormat = { kind: 'plain' };

/** Formats that have a number and no code in the file (ECMA-376 part 1, 18.8.30), as far as they are days or times. */
const builtInMoments = [
  [14, 22],
  [27, 36],
  [45, 47],
  [50, 58],
] as const;

/** The number format of each cell style, by its position. */
export async function readNumberFormats(zip: ZipPackage, path: string): Promise<readonly NumberFormat[]> {
  const codes = new Map<number, string>();
  const formats: NumberFormat[] = [];
  let isCellStyle = false;
  await readXml(zip, path, {
    onOpen(name, attribute) {
      if (name === 'numFmt') codes.set(Number(attribute('numFmtId')), attribute('formatCode'));
      if (name === 'cellXfs') isCellStyle = true;
      if (name === 'xf' && isCellStyle) formats.push(formatOf(Number(attribute('numFmtId')), codes));
    },
    onClose(name) {
      if (name === 'cellXfs') isCellStyle = false;
    },
  });
  return formats;
}

function formatOf(id: number, codes: ReadonlyMap<number, string>): NumberFormat {
  const code = codes.get(id);
  if (code !== undefined) return formatOfCode(code);
  return builtInMoments.some(([first, last]) => id >= first && id <= last) ? { kind: 'moment' } : plain;
}

/** What Excel takes at most; of anything longer no time is spent. */
const codeCharactersMax = 255;

/** @param code as Excel has it: `000\-00\-0000` */
export function formatOfCode(code: string): NumberFormat {
  if (code.length > codeCharactersMax) return plain;
  try {
    const { type, isDate, maxDecimals, scale } = getFormatInfo(code);
    if (isDate) return { kind: 'moment' };
    if (type !== 'number' || maxDecimals > 0 || scale !== 1) return plain;
    // A format of several forced digits shows nought with all of them.
    return format(code, 0).replace(/\D/g, '').length > 1 ? { kind: 'padded', code } : plain;
  } catch {
    // A code that Excel would not take either says nothing of the number.
    return plain;
  }
}
