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

/** The form of one that is there. */
export function formOf(application: Application): ApplicationForm {
  const { name, authenticationType, environment, scopes: allowed, roles, redirectUris } = application;
  return {
    ...{ name, authenticationType, environment, roles, withKey: false },
    scopes: allowed,
    redirectUris: redirectUris.join('\n'),
  };
}

/** Only what differs (RFC 7396): who takes nothing away must not sign anybody out. */
export function patchOf(application: Application, form: ApplicationForm): Schemas['applicationPatch'] {
  const { authenticationType: _stays, ...after } = bodyOf(form);
  const { authenticationType: _stayed, ...before } = bodyOf(formOf(application));
  const sorted = (value: unknown) => JSON.stringify(Array.isArray(value) ? value.toSorted() : value);
  const was = new Map(Object.entries(before).map(([field, value]) => [field, sorted(value)]));
  return Object.fromEntries(Object.entries(after).filter(([field, value]) => was.get(field) !== sorted(value)));
}

function linesOf(text: string): string[] {
  return text.split(/\s+/).filter((line) => line !== '');
}
