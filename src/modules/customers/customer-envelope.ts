import { openEnvelopes } from '../../crypto/envelope-batch.ts';
import type { InstitutionKeys } from '../../crypto/keyring.ts';
import { type PackedValues, valueCount } from '../../crypto/packed-values.ts';

/** What the `profile` envelope holds: a compact JSON array in this order. */
export interface Profile {
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly businessName: string | null;
  readonly emailAddress: string | null;
  readonly phoneNumber: string | null;
}

/** What the `identifiers` envelope holds: `[taxIdNumber, [accountNumbers...], username]`. All values are canonical. */
export interface Identifiers {
  readonly taxIdNumber: string | null;
  readonly accountNumbers: readonly string[];
  readonly username: string | null;
}

export type EnvelopeName = 'profile' | 'identifiers';

export interface EnvelopeOwner {
  readonly institutionId: string;
  readonly coreCustomerId: string;
}

/** The associated data: an envelope moved to another customer, institution or column does not open. */
export function envelopeContext(owner: EnvelopeOwner, name: EnvelopeName): Buffer {
  return Buffer.from(contextText(owner, name));
}

function contextText(owner: EnvelopeOwner, name: EnvelopeName): string {
  return JSON.stringify([owner.institutionId, owner.coreCustomerId, name]);
}

export function profileText(profile: Profile): string {
  const { givenName, familyName, businessName, emailAddress, phoneNumber } = profile;
  return JSON.stringify([givenName, familyName, businessName, emailAddress, phoneNumber]);
}

export function identifiersText(identifiers: Identifiers): string {
  return JSON.stringify([identifiers.taxIdNumber, identifiers.accountNumbers, identifiers.username]);
}

type OpeningKeys = Pick<InstitutionKeys, 'institutionId' | 'dataKeyOf'>;

/** One sealed column of one customer. */
export interface SealedColumn {
  readonly coreCustomerId: string;
  readonly sealed: Uint8Array;
}

/**
 * Opens the profiles of a page in one go.
 *
 * @throws EnvelopeError when one of them is not its customer's, or was changed
 */
export function openProfiles(keys: OpeningKeys, columns: readonly SealedColumn[]): Profile[] {
  const opened = openArrays<(string | null)[]>(keys, 'profile', columns);
  return opened.map(
    ([givenName = null, familyName = null, businessName = null, emailAddress = null, phoneNumber = null]) => ({
      givenName,
      familyName,
      businessName,
      emailAddress,
      phoneNumber,
    }),
  );
}

/** @throws EnvelopeError when one of them is not its customer's, or was changed */
export function openIdentifiers(keys: OpeningKeys, columns: readonly SealedColumn[]): Identifiers[] {
  const opened = openArrays<[string | null, string[], string | null]>(keys, 'identifiers', columns);
  return opened.map(([taxIdNumber, accountNumbers, username]) => ({ taxIdNumber, accountNumbers, username }));
}

/** The texts are authenticated and written by this module alone, so their form needs no check. */
function openArrays<Members>(keys: OpeningKeys, name: EnvelopeName, columns: readonly SealedColumn[]): Members[] {
  const { institutionId } = keys;
  const texts = openEnvelopes({
    keyOf: (generation) => keys.dataKeyOf(generation),
    sealed: columns.map(({ sealed }) => sealed),
    contexts: columns.map(({ coreCustomerId }) => contextText({ institutionId, coreCustomerId }, name)),
  });
  return parseAll<Members>(texts);
}

/** Parses all texts as one array: a hundred calls of the parser take three times as long. */
function parseAll<Members>(texts: PackedValues): Members[] {
  const count = valueCount(texts);
  if (count === 0) return [];
  const json = Buffer.allocUnsafe(texts.bytes.length + count + 1);
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    json[at] = index === 0 ? openingBracket : comma;
    at += 1;
    const end = texts.offsets[index + 1] ?? 0;
    for (let from = texts.offsets[index] ?? 0; from < end; from += 1) {
      json[at] = texts.bytes[from] ?? 0;
      at += 1;
    }
  }
  json[at] = closingBracket;
  const members: Members[] = JSON.parse(json.toString('utf8'));
  return members;
}

const openingBracket = 0x5b;
const closingBracket = 0x5d;
const comma = 0x2c;
