export { createPasswordHasher, type PasswordHasher } from './password-hasher.ts';
export { passwordCharactersMax, passwordCharactersMin } from './password-policy.ts';
export type {
  Enrolment,
  EnrolmentOutcome,
  LinkOutcome,
  PasswordOutcome,
  PasswordRefusal,
  People,
  SecondFactorOutcome,
  SetPasswordOutcome,
  SignInLink,
  SignInRefused,
} from './people.ts';
export type { PeopleDeps } from './people-deps.ts';
export { createPeople } from './people-service.ts';
export type { NextStep, Person, PersonGrant } from './person.ts';
export { deleteExpiredSignIns } from './sign-in-cleaning.ts';
export { type TotpOwner, totpContext } from './totp.ts';
