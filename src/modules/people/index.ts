export { type FirstAdministrator, findFirstPerson, type SetUpOutcome } from './first-administrator.ts';
export { createOperatorPeople, type OperatorPeople } from './operator-people.ts';
export { createPasswordHasher, type PasswordHasher } from './password-hasher.ts';
export { passwordCharactersMax, passwordCharactersMin } from './password-policy.ts';
export type {
  ConfirmationOutcome,
  Enrolment,
  EnrolmentOutcome,
  LinkOutcome,
  OwnerProof,
  OwnPasswordOutcome,
  PasswordOutcome,
  PasswordRefusal,
  People,
  ReplacementOutcome,
  SecondFactorOutcome,
  SetPasswordOutcome,
  SignInLink,
  SignInRefused,
} from './people.ts';
export type { PeopleDeps } from './people-deps.ts';
export { createPeople } from './people-service.ts';
export { isOpenToPassword, type NextStep, type Person, type PersonGrant } from './person.ts';
export { deleteExpiredSignIns } from './sign-in-cleaning.ts';
export { signInLinkAddress } from './sign-in-link.ts';
export { type TotpOwner, totpContext } from './totp.ts';
export type { UserAccount } from './user-account-schemas.ts';
