import { createHash, randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { openEnvelope, sealEnvelope } from '../../crypto/envelope.ts';
import type { InstitutionKeys } from '../../crypto/keyring.ts';

/** RFC 6238 with what every authenticator can do: SHA-1, 6 digits, 30 seconds. */
const form = { algorithm: 'SHA1', digits: 6, period: 30 } as const;
const stepMs = form.period * 1_000;
/** One step each side: clocks of telephones differ (RFC 6238 section 5.2). */
const windowSteps = 1;
/** RFC 4226 section 4 recommends 160 bits. */
const secretBytes = 20;
const issuer = 'Rollcall';

export function createTotpSecret(): Buffer {
  return randomBytes(secretBytes);
}

/** The secret for typing (base32) and for a QR code (`otpauth://`). */
export function describeTotp(secret: Uint8Array, loginName: string): { secret: string; uri: string } {
  const totp = totpOf(secret, loginName);
  return { secret: totp.secret.base32.replace(/(.{4})(?=.)/g, '$1 '), uri: totp.toString() };
}

/**
 * The time step that a code belongs to, near `at`; undefined when it belongs to none. Compares in constant time. The
 * caller sees to it that no step is used twice.
 */
export function stepOfCode(secret: Uint8Array, code: string, at: Date): number | undefined {
  const timestamp = at.getTime();
  const delta = totpOf(secret).validate({ token: code, timestamp, window: windowSteps });
  return delta === null ? undefined : Math.floor(timestamp / stepMs) + delta;
}

export function isTotpCode(text: string): boolean {
  return /^\d{6}$/.test(text);
}

function totpOf(secret: Uint8Array, label = ''): TOTP {
  return new TOTP({ ...form, issuer, label, secret: new Secret({ buffer: new Uint8Array(secret).buffer }) });
}

/** Whose second factor an envelope holds: it opens for nobody else. */
export interface TotpOwner {
  /** The person's home, whose data key seals. */
  readonly institutionId: string;
  readonly personId: string;
}

/** The associated data of `user_account.totp_secret`: whoever seals it anew (a rotation of the data key) needs it. */
export function totpContext(owner: TotpOwner): Buffer {
  return Buffer.from(JSON.stringify([owner.institutionId, owner.personId, 'totp']));
}

export function sealTotpSecret(keys: InstitutionKeys, owner: TotpOwner, secret: Uint8Array): Buffer {
  return seal(keys, secret, totpContext(owner));
}

/** @throws EnvelopeError when it is another's, or was changed */
export function openTotpSecret(keys: InstitutionKeys, owner: TotpOwner, sealed: Uint8Array): Buffer {
  return open(keys, sealed, totpContext(owner));
}

const expiryBytes = 6;

/**
 * What an offer is good for: setting up the first second factor, or taking the place of the present one, by the sealed
 * secret as it is stored (null = there is none).
 */
export type OfferPurpose = 'first' | { readonly replaces: Uint8Array | null };

/** A secret that does not count yet, for the form of the page that shows it: base64url. */
export function sealOffer(
  keys: InstitutionKeys,
  owner: TotpOwner,
  offer: { secret: Uint8Array; expiresAt: Date; purpose: OfferPurpose },
): string {
  const expiry = Buffer.alloc(expiryBytes);
  expiry.writeUIntBE(offer.expiresAt.getTime(), 0, expiryBytes);
  return seal(keys, Buffer.concat([expiry, offer.secret]), offerContext(owner, offer.purpose)).toString('base64url');
}

/** @throws EnvelopeError when it is another's or for another purpose, or was changed */
export function openOffer(
  keys: InstitutionKeys,
  owner: TotpOwner,
  sealed: string,
  purpose: OfferPurpose,
): { secret: Buffer; expiresAt: Date } {
  const bytes = open(keys, Buffer.from(sealed, 'base64url'), offerContext(owner, purpose));
  return { secret: bytes.subarray(expiryBytes), expiresAt: new Date(bytes.readUIntBE(0, expiryBytes)) };
}

function offerContext(owner: TotpOwner, purpose: OfferPurpose): Buffer {
  const { institutionId, personId } = owner;
  if (purpose === 'first') return Buffer.from(JSON.stringify([institutionId, personId, 'totpOffer']));
  const { replaces } = purpose;
  const present = replaces === null ? null : createHash('sha256').update(replaces).digest('base64');
  return Buffer.from(JSON.stringify([institutionId, personId, 'totpReplacement', present]));
}

function seal(keys: InstitutionKeys, plaintext: Uint8Array, associatedData: Buffer): Buffer {
  const { key, generation } = keys.dataKey;
  return sealEnvelope({ key, generation, plaintext, associatedData });
}

function open(keys: InstitutionKeys, sealed: Uint8Array, associatedData: Buffer): Buffer {
  return openEnvelope({ keyOf: (generation) => keys.dataKeyOf(generation), sealed, associatedData });
}
