import { readFile } from 'node:fs/promises';
import type { PasswordRefusal } from './people.ts';

/** NIST SP 800-63B section 3.1.1: length and a list of what is known, no rules about kinds of characters. */
export const passwordCharactersMin = 12;
export const passwordCharactersMax = 128;

/** Names of fewer characters stand in passwords by chance. */
const nameCharactersMin = 4;
const ownName = 'rollcall';

/** The form in which a password is hashed: the same letters typed on another system are the same password. */
export function passwordForm(password: string): string {
  return password.normalize('NFC');
}

/** Length as people count it: code points. */
export function isTooLong(password: string): boolean {
  return [...passwordForm(password)].length > passwordCharactersMax;
}

/**
 * Whether somebody may choose this password.
 *
 * @param names what must not stand in it: the login name, ids of institutions
 * @returns undefined when they may
 */
export async function refusalOf(password: string, names: readonly string[]): Promise<PasswordRefusal | undefined> {
  const characters = [...passwordForm(password)];
  if (characters.length < passwordCharactersMin) return 'tooShort';
  if (characters.length > passwordCharactersMax) return 'tooLong';
  const folded = passwordForm(password).toLowerCase();
  if (forbiddenNames(names).some((name) => folded.includes(name))) return 'containsName';
  return (await isCommon(folded)) ? 'common' : undefined;
}

/** Of an address also what stands before the @: that is what people use. */
function forbiddenNames(names: readonly string[]): readonly string[] {
  const all = names.flatMap((name) => [name, name.split('@')[0] ?? '']).map((name) => name.toLowerCase());
  return [ownName, ...all.filter((name) => [...name].length >= nameCharactersMin)];
}

async function isCommon(folded: string): Promise<boolean> {
  const known = await commonPasswords();
  const plain = plainLetters(folded);
  // Trimmed before and after: the digits at the end of `p@ssw0rd1234` are no letters, those in the middle are.
  const variants = [folded, trimmed(folded), plain, trimmed(plain), plainLetters(trimmed(folded))];
  return (
    variants.some((variant) => known.has(variant) || known.has(unitOf(variant)) || isMadeOf(variant, known)) ||
    isMonotonous(folded)
  );
}

/** Without the digits and signs around it. */
function trimmed(text: string): string {
  return text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
}

const disguises: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

/** `p@ssw0rd` -> `password` */
function plainLetters(text: string): string {
  return [...text].map((character) => disguises[character] ?? character).join('');
}

/** What a text repeats: `abcabcabc` -> `abc`; itself when it repeats nothing. */
function unitOf(text: string): string {
  const length = (text + text).indexOf(text, 1);
  return length > 0 ? text.slice(0, length) : text;
}

/** Two words of a few thousand are guessed as one: three are not. */
const piecesMax = 2;
const pieceCharactersMin = 4;
/** The longest word of the list that is worth looking for inside of another text. */
const pieceCharactersMax = 20;
const keyboardRows = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm', '1qaz2wsx3edc4rfv5tgb6yhn7ujm'];
const keyboardWays = [...keyboardRows, ...keyboardRows.map((row) => [...row].toReversed().join(''))];

/** Whether a text is one or two known words or ways over the keyboard, with digits and signs between and around. */
function isMadeOf(text: string, known: ReadonlySet<string>): boolean {
  // The fewest pieces that make the first so many characters.
  const fewest: number[] = [0];
  for (let end = 1; end <= text.length; end += 1) {
    let pieces = /\p{L}/u.test(text.charAt(end - 1)) ? Number.POSITIVE_INFINITY : (fewest[end - 1] ?? 0);
    for (let start = Math.max(0, end - pieceCharactersMax); start <= end - pieceCharactersMin; start += 1) {
      const before = fewest[start] ?? Number.POSITIVE_INFINITY;
      if (before < piecesMax && before + 1 < pieces && isPiece(text.slice(start, end), known)) pieces = before + 1;
    }
    fewest.push(pieces);
  }
  const all = fewest.at(-1) ?? 0;
  return all > 0 && all <= piecesMax;
}

function isPiece(text: string, known: ReadonlySet<string>): boolean {
  return known.has(text) || keyboardWays.some((way) => way.includes(text));
}

/** A unit of at most four characters again and again, or characters in the order of their codes. */
function isMonotonous(text: string): boolean {
  if (unitOf(text).length <= 4) return true;
  const codes = [...text].map((character) => character.codePointAt(0) ?? 0);
  const steps = new Set(codes.slice(1).map((code, index) => code - (codes[index] ?? 0)));
  return steps.size === 1 && [...steps].every((step) => Math.abs(step) <= 1);
}

let loading: Promise<ReadonlySet<string>> | undefined;

/** The list is read when the first password is chosen, and kept: 60 kB. */
function commonPasswords(): Promise<ReadonlySet<string>> {
  loading ??= readFile(new URL('./common-passwords.txt', import.meta.url), 'utf8').then(
    (text) => new Set(text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))),
  );
  return loading;
}
