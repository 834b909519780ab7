import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Database } from '../../db/transaction.ts';
import type { Clock } from '../../lib/clock.ts';
import { Problem } from '../../lib/problem.ts';
import { hashSecret, newSecret } from './browser-cookie.ts';
import { GrantRefused, type PortalClient, type TokenSet } from './portal-client.ts';
import {
  deletePortalSession,
  deletePortalSessionsOf,
  findPortalSession,
  insertPortalSession,
  leaseRefresh,
  listPortalSessionsOf,
  type PortalSessionRow,
  releaseRefresh,
  updateInstitution,
  updateLastSeen,
  updateTokens,
} from './portal-session-store.ts';
import { absoluteMs, idleMs, livenessAt } from './session-life.ts';
import type { TokenSealer } from './token-sealer.ts';

const minuteMs = 60_000;
/** A busy session is written once in a while, not with each request. */
const seenEveryMs = minuteMs;
/** A token is refreshed this long before it ends, so that requests that come meanwhile still have one. */
const refreshBeforeMs = minuteMs;
/**
 * A process that died while it refreshed holds the others up no longer. Longer than a refresh that is alive may take:
 * discovery and the request after it, 10 s each (portal-client.ts). A second refresh with the same token meanwhile would
 * look like a stolen one to the issuer and end the session (RFC 9700 section 4.14.2).
 */
const refreshLeaseMs = 25_000;
const refreshPollMs = 100;
/** Nobody reads on in a list of sessions. */
const listedMax = 200;

export interface PortalSession {
  readonly personId: string;
  readonly institutionId: string;
  readonly tokens: TokenSet;
  /** What the end in any case is counted from. */
  readonly signedInAt: Date;
  /** When the person signed in, by the issuer's word; undefined when it gave none. A refresh does not change it. */
  readonly authenticatedAt: Date | undefined;
  /** Unless it is used before. */
  readonly idleEndsAt: Date;
  readonly expiresAt: Date;
}

/** A session as its person may see it in a list. */
export interface ListedSession {
  /** 20 hexadecimal digits, which open nothing. */
  readonly id: string;
  readonly signedInAt: Date;
  readonly lastSeenAt: Date;
  readonly address: string | undefined;
  readonly isThis: boolean;
}

export interface PortalSessions {
  /**
   * @param who.signedInAt by the issuer's word; what its absolute end is counted from. Absent: from now, and nobody
   *   says when the person signed in. To come by another clock: now
   * @returns the secret for the cookie
   */
  begin(
    tokens: TokenSet,
    who: { personId: string; institutionId: string; signedInAt?: Date | undefined; address?: string | undefined },
  ): Promise<string>;
  /**
   * The session of a cookie, with an access token that has not ended; undefined when there is none or it is over.
   *
   * @param options.touch whether this is use by the person, which puts the idle end off; default true
   * @throws Problem `serviceUnavailable` when the token has ended and the issuer does not answer
   */
  find(secret: string, options?: { touch?: boolean }): Promise<PortalSession | undefined>;
  /** @returns false when the session is gone */
  chooseInstitution(secret: string, institutionId: string): Promise<boolean>;
  /** @returns whose it was and where they worked; undefined when there was none */
  end(secret: string): Promise<Pick<PortalSession, 'personId' | 'institutionId'> | undefined>;
  endAllOf(personId: string): Promise<void>;
  /** Of the person of a session, which is the one of the secret; the last used first. */
  listOf(personId: string, secret: string): Promise<readonly ListedSession[]>;
  /**
   * Ends one session of the person by its id in the list.
   *
   * @returns its tokens, for the issuer to end; undefined when the person has no such session
   */
  endById(personId: string, id: string): Promise<{ readonly tokens: TokenSet | undefined } | undefined>;
}

export interface PortalSessionsDeps {
  readonly database: Database;
  readonly sealer: TokenSealer;
  readonly client: Pick<PortalClient, 'refresh'>;
  readonly clock: Clock;
}

export function createPortalSessions(deps: PortalSessionsDeps): PortalSessions {
  const { database, clock } = deps;
  return {
    async begin(tokens, { personId, institutionId, signedInAt, address }) {
      const secret = newSecret();
      const now = clock.now();
      const authenticatedAt = signedInAt === undefined || signedInAt < now ? signedInAt : now;
      const row: PortalSessionRow = {
        institution_id: institutionId,
        session_hash: hashSecret(secret),
        person_id: personId,
        ...(await sealed(deps, hashSecret(secret), tokens)),
        refreshing_until: null,
        created_at: now,
        authenticated_at: authenticatedAt ?? null,
        address: address ?? null,
        last_seen_at: now,
        expires_at: new Date((authenticatedAt ?? now).getTime() + absoluteMs),
      };
      await database.inAuthentication((tx) => insertPortalSession(tx, row));
      return secret;
    },
    async find(secret, { touch = true } = {}) {
      const row = await read(deps, hashSecret(secret), { touch });
      if (row === undefined) return undefined;
      const current = await withTokens(deps, row);
      return current && sessionOf(current);
    },
    chooseInstitution: (secret, institutionId) =>
      database.inAuthentication((tx) => updateInstitution(tx, hashSecret(secret), institutionId)),
    async end(secret) {
      const row = await database.inAuthentication((tx) => deletePortalSession(tx, hashSecret(secret)));
      return row && { personId: row.person_id, institutionId: row.institution_id };
    },
    async listOf(personId, secret) {
      const rows = await listRows(deps, personId);
      const ownHash = hashSecret(secret);
      return rows.map((row) => ({
        id: idOf(row),
        signedInAt: signedInAtOf(row),
        lastSeenAt: row.last_seen_at,
        address: row.address ?? undefined,
        isThis: row.session_hash.equals(ownHash),
      }));
    },
    async endById(personId, id) {
      const row = (await listRows(deps, personId)).find((one) => idOf(one) === id);
      if (row === undefined) return undefined;
      await database.inAuthentication((tx) => deletePortalSession(tx, row.session_hash));
      return { tokens: await opened(deps, row) };
    },
    endAllOf: (personId) => database.inAuthentication((tx) => deletePortalSessionsOf(tx, personId)),
  };
}

async function listRows(
  { database, clock }: PortalSessionsDeps,
  personId: string,
): Promise<readonly PortalSessionRow[]> {
  const liveness = { ...livenessAt(clock.now()), limit: listedMax };
  return await database.inAuthentication((tx) => listPortalSessionsOf(tx, personId, liveness));
}

function idOf(row: PortalSessionRow): string {
  return createHash('sha256').update('listed session').update(row.session_hash).digest('hex').slice(0, 20);
}

function signedInAtOf(row: PortalSessionRow): Date {
  return new Date(row.expires_at.getTime() - absoluteMs);
}

async function read(
  { database, clock }: PortalSessionsDeps,
  hash: Buffer,
  { touch }: { touch: boolean },
): Promise<PortalSessionRow | undefined> {
  const now = clock.now();
  return await database.inAuthentication(async (tx) => {
    const row = await findPortalSession(tx, hash, livenessAt(now));
    if (row === undefined || !touch || now.getTime() - row.last_seen_at.getTime() < seenEveryMs) return row;
    await updateLastSeen(tx, hash, now);
    return { ...row, last_seen_at: now };
  });
}

interface OpenRow {
  readonly row: PortalSessionRow;
  readonly tokens: TokenSet;
}

/** The session with a token that works; whoever comes second waits for the one who refreshes. */
async function withTokens(deps: PortalSessionsDeps, first: PortalSessionRow): Promise<OpenRow | undefined> {
  const giveUpAt = deps.clock.now().getTime() + refreshLeaseMs;
  let row: PortalSessionRow | undefined = first;
  while (row !== undefined) {
    const current = await refreshedOrBusy(deps, row);
    if (current !== 'busy') return current;
    if (deps.clock.now().getTime() >= giveUpAt) {
      throw new Problem('serviceUnavailable', { headers: { 'Retry-After': '5' } });
    }
    await delay(refreshPollMs);
    row = await read(deps, row.session_hash, { touch: false });
  }
  return undefined;
}

async function refreshedOrBusy(deps: PortalSessionsDeps, row: PortalSessionRow): Promise<OpenRow | 'busy' | undefined> {
  const tokens = await opened(deps, row);
  if (tokens === undefined) return undefined;
  const now = deps.clock.now();
  const leftMs = row.access_expires_at.getTime() - now.getTime();
  if (leftMs > refreshBeforeMs) return { row, tokens };
  // Without a refresh token the session ends with the access token.
  if (tokens.refreshToken === undefined) return leftMs > 0 ? { row, tokens } : undefined;
  const lease = { now, until: new Date(now.getTime() + refreshLeaseMs) };
  const mine = await deps.database.inAuthentication((tx) => leaseRefresh(tx, row, lease));
  if (mine) return await refresh(deps, { row, tokens }, tokens.refreshToken);
  return leftMs > 0 ? { row, tokens } : 'busy';
}

async function refresh(deps: PortalSessionsDeps, open: OpenRow, refreshToken: string): Promise<OpenRow | undefined> {
  const hash = open.row.session_hash;
  try {
    const tokens = await deps.client.refresh(refreshToken);
    const kept = { ...tokens, idToken: tokens.idToken ?? open.tokens.idToken };
    const change = await sealed(deps, hash, kept);
    await deps.database.inAuthentication((tx) => updateTokens(tx, hash, change));
    return { row: { ...open.row, ...change }, tokens: kept };
  } catch (error) {
    if (error instanceof GrantRefused) {
      await deps.database.inAuthentication((tx) => deletePortalSession(tx, hash));
      return undefined;
    }
    await deps.database.inAuthentication((tx) => releaseRefresh(tx, hash));
    if (open.row.access_expires_at > deps.clock.now()) return open;
    throw error;
  }
}

function sessionOf({ row, tokens }: OpenRow): PortalSession {
  return {
    personId: row.person_id,
    institutionId: row.institution_id,
    tokens,
    signedInAt: signedInAtOf(row),
    authenticatedAt: row.authenticated_at ?? undefined,
    idleEndsAt: new Date(row.last_seen_at.getTime() + idleMs),
    expiresAt: row.expires_at,
  };
}

const storedTokens = Type.Object({
  accessToken: Type.String(),
  refreshToken: Type.Optional(Type.String()),
  idToken: Type.Optional(Type.String()),
});

async function sealed(deps: Pick<PortalSessionsDeps, 'sealer'>, hash: Buffer, tokens: TokenSet) {
  const { accessToken, accessExpiresAt, refreshToken, idToken } = tokens;
  const sealedTokens = await deps.sealer.seal({ accessToken, refreshToken, idToken }, contextOf(hash));
  return { sealed_tokens: sealedTokens, access_expires_at: accessExpiresAt };
}

async function opened(deps: Pick<PortalSessionsDeps, 'sealer'>, row: PortalSessionRow): Promise<TokenSet | undefined> {
  const value = await deps.sealer.open(row.sealed_tokens, contextOf(row.session_hash));
  if (!Value.Check(storedTokens, value)) return undefined;
  const { accessToken, refreshToken, idToken } = value;
  return { accessToken, refreshToken, idToken, accessExpiresAt: row.access_expires_at };
}

function contextOf(hash: Buffer): string {
  return `portal session ${hash.toString('base64url')}`;
}
