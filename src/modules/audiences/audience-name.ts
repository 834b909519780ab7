import { Problem } from '../../lib/problem.ts';

/** Characters as people count them to a database: code points, so that 80 emoji are a name. */
export const audienceNameCharactersMax = 80;
export const audienceDescriptionCharactersMax = 4_000;

/**
 * Control characters, halves of surrogate pairs (UTF-8 has none), line and paragraph separators, and the controls
 * that turn the direction of the text after them: a name with one reads as another name.
 */
const forbiddenCharacters = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

/** Something to see: marks and zero-width characters alone are a name that nobody can read or type again. */
const visibleCharacter = /[\p{L}\p{N}\p{P}\p{S}\p{Co}]/u;

/**
 * Holds a name to its form; the name itself is stored as it was given.
 *
 * @throws Problem `badRequest`; it does not repeat the name
 */
export function checkAudienceName(name: string): void {
  const length = [...name].length;
  if (
    length < 1 ||
    length > audienceNameCharactersMax ||
    forbiddenCharacters.test(name) ||
    !visibleCharacter.test(name)
  ) {
    throw new Problem('badRequest', {
      detail: `name must have 1 to ${audienceNameCharactersMax} characters, at least one of them visible and none a control character.`,
    });
  }
}

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
