import { openEnvelope } from '../../crypto/envelope.ts';
import type { InstitutionKeys } from '../../crypto/keyring.ts';

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
  return Buffer.from(JSON.stringify([owner.institutionId, owner.coreCustomerId, name]));
}

export function profileText(profile: Profile): string {
  const { givenName, familyName, businessName, emailAddress, phoneNumber } = profile;
  return JSON.stringify([givenName, familyName, businessName, emailAddress, phoneNumber]);
}

export function identifiersText(identifiers: Identifiers): string {
  return JSON.stringify([identifiers.taxIdNumber, identifiers.accountNumbers, identifiers.username]);
}

type OpeningKeys = Pick<InstitutionKeys, 'institutionId' | 'dataKeyOf'>;

/** @throws EnvelopeError when the envelope is not this customer's, or was changed */
export function openProfile(keys: OpeningKeys, coreCustomerId: string, sealed: Uint8Array): Profile {
  const [givenName = null, familyName = null, businessName = null, emailAddress = null, phoneNumber = null] = openArray<
    (string | null)[]
  >(keys, coreCustomerId, { name: 'profile', sealed });
  return { givenName, familyName, businessName, emailAddress, phoneNumber };
}

/** @throws EnvelopeError when the envelope is not this customer's, or was changed */
export function openIdentifiers(keys: OpeningKeys, coreCustomerId: string, sealed: Uint8Array): Identifiers {
  const [taxIdNumber, accountNumbers, username] = openArray<[string | null, string[], string | null]>(
    keys,
    coreCustomerId,
    { name: 'identifiers', sealed },
  );
  return { taxIdNumber, accountNumbers, username };
}

/** The text is authenticated and written by this module alone, so its form needs no check. */
function openArray<Members>(
  keys: OpeningKeys,
  coreCustomerId: string,
  envelope: { name: EnvelopeName; sealed: Uint8Array },
): Members {
  const plaintext = openEnvelope({
    keyOf: (generation) => keys.dataKeyOf(generation),
    sealed: envelope.sealed,
    associatedData: envelopeContext({ institutionId: keys.institutionId, coreCustomerId }, envelope.name),
  });
  const members: Members = JSON.parse(plaintext.toString());
  return members;
}
