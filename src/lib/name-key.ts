/**
 * What makes two names the same, and by what they sort (`COLLATE "C"`, so every engine sorts alike): NFC, without
 * case, ends trimmed and each run of white space one space, because names that look alike should be alike.
 *
 * Lower, upper and lower case again stand in for Unicode's full case folding, which JavaScript has not: it makes `ß`, `ẞ` and
 * `ss` one, and both small sigmas.
 */
export function nameKey(name: string): string {
  const folded = name.normalize('NFC').toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ').normalize('NFC');
  return folded.replaceAll(/\s+/gu, ' ').trim();
}
