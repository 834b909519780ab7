import type { AccessState, ApiKeyState, ApplicationState, PersonState } from './access-state.ts';
import type { AccessToken, SignIn } from './access-token.ts';
import type { Role } from './roles.ts';
import type { Scope } from './scopes.ts';

/** Why a token whose signature is good proves nothing now. */
export type CallerRefusal = 'unknownApplication' | 'unknownPerson' | 'applicationRevoked' | 'personRevoked';

/** Who holds a token, as the database (or an external issuer) says now. */
export interface Caller {
  readonly id: string;
  readonly kind: 'person' | 'application';
  readonly name: string;
  readonly applicationId: string;
  /** Whose audit trail has what is refused before an institution is chosen; undefined where nobody here knows them. */
  readonly homeInstitutionId: string | undefined;
  /** The institutions to choose from. */
  readonly institutionIds: readonly string[];
  /** Of the token and, where it is registered here, of the application. */
  readonly scopes: ReadonlySet<Scope>;
  readonly apiKey: ApiKeyState;
  /** Of a person. */
  readonly signIn: SignIn | undefined;
  rolesIn(institutionId: string): ReadonlySet<Role>;
  readonly refusal: CallerRefusal | undefined;
}

/** A token, or what a principal was made of: with the time of its work where that of its issue is not known, or none. */
export type Bearer = Omit<AccessToken, 'issuedAt' | 'expiresAt'> & { readonly issuedAt: number | undefined };

export interface CallersDeps {
  readonly state: AccessState;
  /** The client that is built in: it is in no table, and its people have every scope of their token. */
  readonly portalClientId: string;
}

const noApiKey: ApiKeyState = { state: 'none', hash: null };
const noRoles: ReadonlySet<Role> = new Set();

/** Looks up who holds a token of ours or of an external issuer. */
export async function findCaller(deps: CallersDeps, bearer: Bearer): Promise<Caller> {
  const notBefore = endOfIssue(bearer);
  const atPortal = bearer.clientId === deps.portalClientId;
  const application = atPortal ? undefined : await deps.state.application(bearer.clientId, notBefore);
  if (bearer.claimed !== undefined)
    return await claimedCaller(deps, { ...bearer, claimed: bearer.claimed }, application);
  if (bearer.subject === bearer.clientId) return applicationCaller(bearer, application);
  return personCaller(deps, bearer, { application, person: await deps.state.person(bearer.subject, notBefore) });
}

/** When the second in which a token of ours was issued was over; the clock of another issuer is another clock. */
function endOfIssue({ claimed, issuedAt }: Bearer): number | undefined {
  return claimed === undefined && issuedAt !== undefined ? (issuedAt + 1) * 1_000 : undefined;
}

function applicationCaller(bearer: Bearer, application: ApplicationState | undefined): Caller {
  return {
    ...ownParts(bearer, application),
    kind: 'application',
    name: application?.name ?? '',
    homeInstitutionId: application?.homeInstitutionId,
    institutionIds: application?.institutionIds ?? [],
    rolesIn: () => application?.roles ?? noRoles,
    refusal:
      application === undefined
        ? 'unknownApplication'
        : applicationRefusal(bearer, application, { type: 'clientCredentials' }),
  };
}

function personCaller(
  deps: CallersDeps,
  bearer: Bearer,
  { application, person }: { application: ApplicationState | undefined; person: PersonState | undefined },
): Caller {
  const atPortal = bearer.clientId === deps.portalClientId;
  const institutionIds = [...(person?.roles.keys() ?? [])];
  return {
    ...ownParts(bearer, application),
    ...(atPortal ? { scopes: bearer.scopes } : {}),
    kind: 'person',
    name: person?.name ?? '',
    homeInstitutionId: person?.homeInstitutionId,
    // Through an application, only where that may act as well.
    institutionIds: atPortal ? institutionIds : institutionIds.filter((id) => application?.institutionIds.includes(id)),
    rolesIn: (institutionId) => person?.roles.get(institutionId) ?? noRoles,
    refusal: personRefusal(bearer, person) ?? (atPortal ? undefined : signedInThrough(bearer, application)),
  };
}

function signedInThrough(bearer: Bearer, application: ApplicationState | undefined): CallerRefusal | undefined {
  if (application === undefined) return 'unknownApplication';
  return applicationRefusal(bearer, application, { type: 'authorizationCode' });
}

/** People of an external issuer are in no table of ours; an application may be, and then bounds them. */
async function claimedCaller(
  deps: CallersDeps,
  bearer: Bearer & { readonly claimed: NonNullable<Bearer['claimed']> },
  application: ApplicationState | undefined,
): Promise<Caller> {
  const { claimed } = bearer;
  const allowed = application?.institutionIds;
  const named = claimed.institutionIds.filter((id) => allowed === undefined || allowed.includes(id));
  const institutionIds: string[] = [];
  for (const id of named) if (await deps.state.institutionExists(id)) institutionIds.push(id);
  return {
    ...ownParts(bearer, application),
    scopes: application === undefined ? bearer.scopes : shared(bearer.scopes, application.scopes),
    kind: bearer.subject === bearer.clientId ? 'application' : 'person',
    name: claimed.name,
    homeInstitutionId: application?.homeInstitutionId ?? institutionIds[0],
    institutionIds,
    rolesIn: () => claimed.roles,
    refusal: application === undefined ? undefined : applicationRefusal(bearer, application, { type: undefined }),
  };
}

function ownParts(bearer: Bearer, application: ApplicationState | undefined) {
  return {
    id: bearer.subject,
    applicationId: bearer.clientId,
    scopes: shared(bearer.scopes, application?.scopes ?? new Set<Scope>()),
    apiKey: application?.apiKey ?? noApiKey,
    signIn: bearer.subject === bearer.clientId ? undefined : bearer.signIn,
  };
}

function applicationRefusal(
  bearer: Bearer,
  application: ApplicationState,
  { type }: { type: ApplicationState['authenticationType'] | undefined },
): CallerRefusal | undefined {
  const revoked = !application.active || isBefore(bearer.issuedAt, application.tokensValidAfter);
  // The way to a token was closed after this one was issued.
  const otherWay = type !== undefined && application.authenticationType !== type;
  return revoked || otherWay ? 'applicationRevoked' : undefined;
}

function personRefusal(bearer: Bearer, person: PersonState | undefined): CallerRefusal | undefined {
  if (person === undefined) return 'unknownPerson';
  return !person.active || isBefore(bearer.issuedAt, person.tokensValidAfter) ? 'personRevoked' : undefined;
}

/**
 * A token carries whole seconds, rounded down: of those issued in the second of a revocation none holds, rather than
 * each. Whoever makes an account or application rounds its time down as well.
 */
function isBefore(issuedAt: number | undefined, validAfter: Date): boolean {
  return issuedAt !== undefined && issuedAt * 1_000 < validAfter.getTime();
}

function shared<Value>(one: ReadonlySet<Value>, other: ReadonlySet<Value>): ReadonlySet<Value> {
  return new Set([...one].filter((value) => other.has(value)));
}
