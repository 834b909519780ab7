import type { NextStep, Person } from './person.ts';

/** Why a password cannot be chosen. */
export type PasswordRefusal = 'tooShort' | 'tooLong' | 'common' | 'containsName';

/** Where an attempt comes from: the client's network address, for the audit trail. */
interface FromAddress {
  readonly address?: string | undefined;
}

/** It says nothing of why: an unknown name, a wrong password and a disabled account are one answer. */
export interface SignInRefused {
  readonly outcome: 'refused';
  /** How long to wait before the next try is looked at; absent = none. */
  readonly retryAfterSeconds?: number;
}

export type PasswordOutcome =
  | { readonly outcome: 'accepted'; readonly person: Person; readonly next: NextStep }
  | SignInRefused;

export type SecondFactorOutcome =
  | {
      readonly outcome: 'accepted';
      readonly person: Person;
      readonly factor: 'totp' | 'recoveryCode';
      readonly recoveryCodeCount: number;
    }
  | SignInRefused;

/** A second factor to be set up. The page keeps `sealed` in its form and sends it back with the first code. */
export interface Enrolment {
  /** Base32 (RFC 4648), in groups of four, for typing. */
  readonly secret: string;
  /** `otpauth://totp/...`, for a QR code. */
  readonly uri: string;
  /** The secret sealed for this person, base64url; it opens for 15 minutes. */
  readonly sealed: string;
}

export type EnrolmentOutcome =
  /** The recovery codes are shown this once. */
  | { readonly outcome: 'enrolled'; readonly person: Person; readonly recoveryCodes: readonly string[] }
  | { readonly outcome: 'wrongCode'; readonly enrolment: Enrolment }
  /** Begin again: the form is too old, of another person, or a second factor was set up meanwhile. */
  | { readonly outcome: 'expired' }
  /** The account is disabled. */
  | SignInRefused;

export interface SignInLink {
  /** 256 random bits, base64url: the last part of `/sign-in/link/<token>`. Shown this once. */
  readonly token: string;
  readonly expiresAt: Date;
}

export type LinkOutcome =
  | { readonly outcome: 'accepted'; readonly person: Person; readonly next: NextStep }
  | { readonly outcome: 'refused'; readonly reason: PasswordRefusal }
  /** Unknown, used, too old, or of somebody who may not sign in. */
  | { readonly outcome: 'unusable' };

export type SetPasswordOutcome =
  | ({ readonly outcome: 'changed' } & EndedBefore)
  | { readonly outcome: 'refused'; readonly reason: PasswordRefusal };

/** What somebody who is signed in shows once more before they change what they sign in by, or end sessions. */
export interface OwnerProof extends FromAddress {
  readonly personId: string;
  readonly password: string;
  /** Of the authenticator, or a recovery code; not looked at when the person has no second factor. */
  readonly code?: string | undefined;
}

export type OwnPasswordOutcome =
  | ({ readonly outcome: 'changed' } & EndedBefore)
  | { readonly outcome: 'unsuitable'; readonly reason: PasswordRefusal }
  | SignInRefused;

/** It ended what was before this moment; what begins in it holds. */
interface EndedBefore {
  readonly at: Date;
}

export type ConfirmationOutcome =
  | ({ readonly outcome: 'replaced'; readonly recoveryCodes: readonly string[] } & EndedBefore)
  | Exclude<EnrolmentOutcome, { outcome: 'enrolled' }>;

export type ReplacementOutcome = { readonly outcome: 'offered'; readonly enrolment: Enrolment } | SignInRefused;

/**
 * Everything that signing in needs to know of people; no page and no cookie. Every method may throw Problem
 * `serviceUnavailable` when too many passwords wait for their turn. A sign-in that is complete (`next` is `done`, a
 * second factor was accepted, or one was set up) is an audit entry, and so is each failure.
 */
export interface People {
  /** The person of this id in whatever state; undefined when there is none, or no longer. */
  findPerson(id: string): Promise<Person | undefined>;
  /**
   * Holds a login name and a password against the accounts. A refusal takes the same time whoever was named. After
   * five failures in a row each further one doubles a wait, which is the same for names that nobody has.
   */
  verifyPassword(attempt: FromAddress & { loginName: string; password: string }): Promise<PasswordOutcome>;
  /**
   * Takes a code of the authenticator or a recovery code, of somebody whose password was right just before. Failures
   * count together with those of the password. A code works once.
   */
  verifySecondFactor(attempt: FromAddress & { personId: string; code: string }): Promise<SecondFactorOutcome>;
  /** A new secret that counts once a code of it has come. @throws Problem `notFound` for no such person */
  beginEnrolment(personId: string): Promise<Enrolment>;
  /** @throws Problem `notFound` for no such person */
  confirmEnrolment(
    attempt: FromAddress & { personId: string; sealed: string; code: string },
  ): Promise<EnrolmentOutcome>;
  /** Ten new recovery codes, shown this once; those before no longer work. @throws Problem `notFound`, `conflict` */
  renewRecoveryCodes(person: FromAddress & { personId: string }): Promise<readonly string[]>;
  /**
   * Looks at a link without using it, for the page that asks for a password: mail programs and scanners open links too.
   * Undefined when it cannot be used.
   */
  findSignInLink(token: string): Promise<{ person: Person; expiresAt: Date } | undefined>;
  /** Uses a link up and sets the password chosen; a password that is refused leaves the link as it is. */
  redeemSignInLink(attempt: FromAddress & { token: string; password: string }): Promise<LinkOutcome>;
  /** Changes the password of somebody who has shown the present one. It ends the other sessions. */
  setPassword(change: FromAddress & { personId: string; password: string }): Promise<SetPasswordOutcome>;
  /**
   * Holds the present password, and a code where there is a second factor, against the account. Failures count together
   * with those of signing in, and are audit entries of the operation that was meant. A refusal does not say which of the
   * two was wrong. @throws Problem `notFound`, as all that follow
   */
  proveOwner(proof: OwnerProof, operation: string): Promise<{ readonly outcome: 'proven' } | SignInRefused>;
  /** It ends every session and token from before. */
  changePassword(change: OwnerProof & { newPassword: string }): Promise<OwnPasswordOutcome>;
  /** A new secret that takes the place of the present one, if any, once a code of it has come. */
  beginReplacement(proof: OwnerProof): Promise<ReplacementOutcome>;
  /** New recovery codes come with it; it ends every session and token from before. */
  confirmReplacement(
    attempt: FromAddress & { personId: string; sealed: string; code: string },
  ): Promise<ConfirmationOutcome>;
  /** @throws Problem `conflict` when there is no second factor */
  renewOwnRecoveryCodes(
    proof: OwnerProof,
  ): Promise<{ readonly outcome: 'renewed'; readonly recoveryCodes: readonly string[] } | SignInRefused>;
  /**
   * Signs the person out everywhere: what was issued before now is refused from now on.
   *
   * @returns that moment
   * @throws Problem `notFound`
   */
  endSessions(person: FromAddress & { personId: string }): Promise<Date>;
}
