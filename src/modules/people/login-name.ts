import { nameKey } from '../../lib/name-key.ts';
import { Problem } from '../../lib/problem.ts';

export const loginNameCharactersMax = 254;
export const personNameCharactersMax = 80;

/** No white space and no control characters: what is typed must be what is stored. */
const loginNamePattern = /^[^\p{Z}\p{C}]+$/u;
const forbiddenInNames = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
const visibleCharacter = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** The form in which a login name is stored and looked up: case and composition do not count. */
export function loginNameForm(loginName: string): string {
  return nameKey(loginName);
}

/** Whether somebody can have this name, in the form of {@link loginNameForm}. */
export function isLoginName(form: string): boolean {
  return loginNamePattern.test(form) && [...form].length <= loginNameCharactersMax;
}

/** @throws Problem `badRequest`; it does not repeat the name */
export function checkLoginName(loginName: string): void {
  if (!isLoginName(loginNameForm(loginName))) {
    throw new Problem('badRequest', {
      detail: `loginName must have 1 to ${loginNameCharactersMax} characters without white space, usually an e-mail address.`,
    });
  }
}

/** @throws Problem `badRequest`; it does not repeat the name */
export function checkPersonName(name: string): void {
  const { length } = [...name];
  if (length < 1 || length > personNameCharactersMax || forbiddenInNames.test(name) || !visibleCharacter.test(name)) {
    throw new Problem('badRequest', {
      detail: `name must have 1 to ${personNameCharactersMax} characters, at least one of them visible and none a control character.`,
    });
  }
}
