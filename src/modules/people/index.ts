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
export type { NextStep, Person, PersonGrant } from './person.ts';
