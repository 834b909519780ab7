import { Problem } from '../../lib/problem.ts';

export { nameKey } from '../../lib/name-key.ts';

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
