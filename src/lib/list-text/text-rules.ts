/** What Excel makes of a long number: 1.23457E+08. */
export function isScientificNotation(text: string): boolean {
  return /^\d(\.\d+)?[Ee]\+\d{2,}$/.test(text);
}

/** Full-width digits (U+FF10..U+FF19), as Japanese input methods give them. */
export function foldDigits(text: string): string {
  return text.replace(/[\uff10-\uff19]/g, (digit) => String(digit.charCodeAt(0) - 0xff10));
}

/** White space of any kind (NBSP and thin spaces too), hyphens and dashes of any kind. */
export function withoutSeparators(text: string): string {
  return text.replace(/[\s\p{Zs}\p{Pd}\u2212]/gu, '');
}

/** Whether the text is free of control characters and lone surrogates. */
export function isCleanText(text: string): boolean {
  return text.isWellFormed() && !/\p{Cc}/u.test(text);
}

/** Code points, as people count characters; `length` counts UTF-16 units. */
export function characterCount(text: string): number {
  return [...text].length;
}

/**
 * Full case folding (Unicode, CaseFolding.txt) in NFC. The three mappings of the runtime give it but for two letters:
 * dotless i has no other case there, and the final sigma is a sigma.
 */
export function foldCase(text: string): string {
  const parts = text.normalize('NFC').split('\u0131');
  const folded = parts.map((part) => part.toLowerCase().toUpperCase().toLowerCase()).join('\u0131');
  return folded.replaceAll('\u03c2', '\u03c3').normalize('NFC');
}
