import type { Schemas } from '../../../api/client.ts';
import type { Role } from '../../../app/rights.ts';
import type { Application } from './application-calls.ts';

export type Scope = Application['scopes'][number];

export const scopes = [
  'bankingAdmin/read',
  'bankingAdmin/write',
  'customers/read',
  'customers/write',
  'identity/read',
] as const satisfies readonly Scope[];
export const authenticationTypes = ['clientCredentials', 'authorizationCode'] as const;
export const environments = ['production', 'staging', 'development'] as const;

export interface ApplicationForm {
  readonly name: string;
  readonly authenticationType: Application['authenticationType'];
  readonly environment: Application['environment'];
  readonly scopes: readonly Scope[];
  readonly roles: readonly Role[];
  /** One a line. */
  readonly redirectUris: string;
  readonly withKey: boolean;
}

export const emptyForm: ApplicationForm = {
  name: '',
  authenticationType: 'clientCredentials',
  environment: 'production',
  scopes: ['bankingAdmin/read'],
  roles: ['viewer'],
  redirectUris: '',
  withKey: false,
};

export function isComplete(form: ApplicationForm): boolean {
  if (form.name.trim() === '' || form.scopes.length === 0) return false;
  return form.authenticationType === 'clientCredentials'
    ? form.roles.length > 0
    : linesOf(form.redirectUris).length > 0;
}

/** Roles are of programs, addresses of those through which people sign in. */
export function bodyOf(form: ApplicationForm): Schemas['newApplication'] {
  const { name, authenticationType, environment } = form;
  const shared = { name: name.trim(), authenticationType, environment, scopes: [...form.scopes] };
  return authenticationType === 'clientCredentials'
    ? { ...shared, roles: [...form.roles] }
    : { ...shared, redirectUris: linesOf(form.redirectUris) };
}

function linesOf(text: string): string[] {
  return text.split(/\s+/).filter((line) => line !== '');
}
