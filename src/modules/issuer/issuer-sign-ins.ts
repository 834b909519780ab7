import type { AdapterPayload } from 'oidc-provider';
import { isBefore } from './client-metadata.ts';
import { type AdapterDeps, digest, openOrNothing } from './issuer-adapter.ts';
import { portalClientId } from './issuer-names.ts';
import {
  deleteOidcGrant,
  deleteOidcRecordsByUid,
  findOidcRecord,
  listOidcRecordsOfPerson,
  type OidcRecordRow,
} from './issuer-store.ts';

/** An application that can get new tokens for somebody without asking them. */
export interface IssuerSignIn {
  /** 20 hexadecimal digits; of the grant, so that it stays while refresh tokens rotate. */
  readonly id: string;
  readonly clientId: string;
  /** The application's name, for people. */
  readonly application: string;
  readonly signedInAt: Date;
  /** When it last asked for tokens. */
  readonly lastSeenAt: Date;
}

/** Where somebody is signed in, but for the portal, whose sessions are the portal's own. */
export interface IssuerSignIns {
  list(personId: string): Promise<readonly IssuerSignIn[]>;
  /**
   * Ends what an application may do from now on, and the issuer's session of the browser in which it was begun. An
   * access token that it has works until it ends (10 minutes at most).
   *
   * @returns what was ended; undefined when this person has no such sign-in
   */
  end(personId: string, id: string): Promise<IssuerSignIn | undefined>;
  /** Ends the grant of a refresh token, and the issuer's session of its browser. */
  endByToken(refreshToken: string): Promise<void>;
}

/** Nobody reads on; the oldest are left out. */
const listedMax = 200;
const kind = 'RefreshToken';

interface Found {
  readonly row: OidcRecordRow;
  readonly payload: AdapterPayload;
  readonly signIn: IssuerSignIn;
}

export function createIssuerSignIns(deps: AdapterDeps): IssuerSignIns {
  return {
    list: async (personId) => (await listFound(deps, personId)).map(({ signIn }) => signIn),
    async end(personId, id) {
      const found = (await listFound(deps, personId)).find(({ signIn }) => signIn.id === id);
      if (found !== undefined) await end(deps, found);
      return found?.signIn;
    },
    async endByToken(refreshToken) {
      const key = { kind, id_hash: digest(kind, refreshToken) };
      const row = await deps.database.inAuthentication((tx) => findOidcRecord(tx, key));
      const payload = row && (await openOrNothing(deps.seal, row));
      if (row !== undefined && payload !== undefined) await end(deps, { row, payload });
    },
  };
}

async function listFound(deps: AdapterDeps, personId: string): Promise<readonly Found[]> {
  const person = await deps.directory.findPerson(personId);
  if (person === undefined) return [];
  const of = { kind, personHash: digest('account', personId), now: new Date(), limit: listedMax };
  const rows = await deps.database.inAuthentication((tx) => listOidcRecordsOfPerson(tx, of));
  const found = await Promise.all(rows.map((row) => describe(deps, row, { personId, ...person })));
  const byGrant = new Map<string, Found>();
  // The newest first: of one grant that one tells when it was last used.
  for (const one of found) if (one !== undefined && !byGrant.has(one.signIn.id)) byGrant.set(one.signIn.id, one);
  return [...byGrant.values()];
}

/** @returns undefined for what works no longer, and for the portal's own */
async function describe(
  deps: AdapterDeps,
  row: OidcRecordRow,
  person: { personId: string; tokensValidAfter: Date },
): Promise<Found | undefined> {
  const payload = await openOrNothing(deps.seal, row);
  const { clientId, iat } = payload ?? {};
  if (payload?.accountId !== person.personId || row.grant_hash === null || iat === undefined) return undefined;
  if (clientId === undefined || clientId === portalClientId) return undefined;
  const client = await deps.directory.findClient(clientId);
  const signedInAt = payload.authTime ?? payload.iiat ?? iat;
  if (client === undefined || isBefore(signedInAt, person.tokensValidAfter)) return undefined;
  if (isBefore(payload.iiat ?? iat, client.tokensValidAfter)) return undefined;
  const id = row.grant_hash.toString('hex').slice(0, 20);
  const times = { signedInAt: new Date(signedInAt * 1_000), lastSeenAt: new Date(iat * 1_000) };
  return { row, payload, signIn: { id, clientId, application: client.name, ...times } };
}

async function end(deps: AdapterDeps, { row, payload }: Pick<Found, 'row' | 'payload'>): Promise<void> {
  const { grant_hash: grantHash } = row;
  const { sessionUid } = payload;
  await deps.database.inAuthentication(async (tx) => {
    if (grantHash !== null) await deleteOidcGrant(tx, grantHash);
    if (sessionUid === undefined) return;
    await deleteOidcRecordsByUid(tx, { kind: 'Session', uidHash: digest('Session.uid', sessionUid) });
  });
}
