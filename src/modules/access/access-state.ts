import { LRUCache } from 'lru-cache';
import type { AuthenticationTx, Database } from '../../db/transaction.ts';
import type { Clock } from '../../lib/clock.ts';
import {
  findApplicationState,
  findPersonState,
  institutionExists,
  listApplicationGrants,
  listPersonGrants,
} from './access-state-store.ts';
import { isRole, type Role } from './roles.ts';
import { isScope, type Scope } from './scopes.ts';

/** What was taken away elsewhere still holds here this long at most; reading it each time costs a round trip a page. */
export const stateMaxAgeMs = 5_000;
const cachedMax = 10_000;

/** An application as it is now. */
export interface ApplicationState {
  /** The home, which manages it. */
  readonly homeInstitutionId: string;
  readonly name: string;
  readonly authenticationType: 'clientCredentials' | 'authorizationCode';
  readonly active: boolean;
  readonly scopes: ReadonlySet<Scope>;
  /** What it may do where no person stands behind it. */
  readonly roles: ReadonlySet<Role>;
  readonly apiKey: ApiKeyState;
  readonly tokensValidAfter: Date;
  /** For which it may act. */
  readonly institutionIds: readonly string[];
}

export interface ApiKeyState {
  readonly state: 'none' | 'active' | 'disabled';
  /** SHA-256 of the key. */
  readonly hash: Buffer | null;
}

/** A person as the accounts know them now. */
export interface PersonState {
  readonly homeInstitutionId: string;
  readonly name: string;
  readonly active: boolean;
  readonly tokensValidAfter: Date;
  /** By institution for which the person may act. */
  readonly roles: ReadonlyMap<string, ReadonlySet<Role>>;
}

/**
 * What the database says of those who call, at most 5 seconds old. Never call it inside a transaction.
 *
 * `notBefore`: a token is often issued right after a change that allows it, so what was read before that moment
 * (milliseconds since 1970) is read again.
 */
export interface AccessState {
  application(id: string, notBefore: number | undefined): Promise<ApplicationState | undefined>;
  person(id: string, notBefore: number | undefined): Promise<PersonState | undefined>;
  institutionExists(id: string): Promise<boolean>;
  /** Drops what is cached of an application or a person, also what is being read right now. */
  forget(id: string): void;
}

export function createAccessState(deps: { database: Database; clock: Clock; maxAgeMs: number }): AccessState {
  const { database, clock, maxAgeMs } = deps;
  const cached = <Value>(read: (tx: AuthenticationTx, id: string) => Promise<Value>) =>
    createCache({ clock, maxAgeMs, read: (id) => database.inAuthentication((tx) => read(tx, id)) });
  const applications = cached(readApplication);
  const people = cached(readPerson);
  const institutions = cached(institutionExists);
  return {
    application: applications.get,
    person: people.get,
    institutionExists: (id) => institutions.get(id, undefined),
    forget(id) {
      applications.forget(id);
      people.forget(id);
    },
  };
}

interface Reading<Value> {
  readonly value: Promise<Value>;
  readonly at: number;
}

/** Requests that come together share one reading; what is forgotten while it is read is read again by the next. */
function createCache<Value>(deps: { clock: Clock; maxAgeMs: number; read(id: string): Promise<Value> }) {
  const { clock, maxAgeMs, read } = deps;
  const cache = new LRUCache<string, Reading<Value>>({ max: cachedMax, ttl: maxAgeMs });
  return {
    async get(id: string, notBefore: number | undefined): Promise<Value> {
      const known = cache.get(id);
      if (known !== undefined && (notBefore === undefined || known.at >= notBefore)) return await known.value;
      const reading = { value: read(id), at: clock.now().getTime() };
      cache.set(id, reading);
      try {
        return await reading.value;
      } catch (error) {
        if (cache.peek(id) === reading) cache.delete(id);
        throw error;
      }
    },
    forget(id: string): void {
      cache.delete(id);
    },
  };
}

async function readApplication(tx: AuthenticationTx, id: string): Promise<ApplicationState | undefined> {
  const row = await findApplicationState(tx, id);
  if (row === undefined) return undefined;
  return {
    homeInstitutionId: row.institution_id,
    name: row.name,
    authenticationType: row.authentication_type,
    active: row.state === 'active',
    scopes: new Set(row.scopes.filter(isScope)),
    roles: new Set(row.roles.filter(isRole)),
    apiKey: { state: row.api_key_state, hash: row.api_key_hash },
    tokensValidAfter: row.tokens_valid_after,
    institutionIds: await listApplicationGrants(tx, id),
  };
}

async function readPerson(tx: AuthenticationTx, id: string): Promise<PersonState | undefined> {
  const row = await findPersonState(tx, id);
  if (row === undefined) return undefined;
  const grants = await listPersonGrants(tx, id);
  return {
    homeInstitutionId: row.institution_id,
    name: row.name,
    active: row.state === 'active',
    tokensValidAfter: row.tokens_valid_after,
    roles: new Map(grants.map((grant) => [grant.institution_id, new Set(grant.roles.filter(isRole))])),
  };
}
