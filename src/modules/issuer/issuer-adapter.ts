import { createHash } from 'node:crypto';
import { type Adapter, type AdapterFactory, type AdapterPayload, errors } from 'oidc-provider';
import { EnvelopeError } from '../../crypto/envelope.ts';
import type { AuthenticationTx, Database } from '../../db/transaction.ts';
import { Problem } from '../../lib/problem.ts';
import { clientMetadataOf } from './client-metadata.ts';
import type { IssuerDirectory } from './issuer-directory.ts';
import {
  consumeOidcRecord,
  deleteOidcGrant,
  deleteOidcRecord,
  deleteOidcRecordsOfGrant,
  findOidcRecord,
  findOidcRecordByUid,
  insertOidcRecord,
  type OidcRecordRow,
  upsertOidcRecord,
} from './issuer-store.ts';
import type { RecordSeal } from './record-seal.ts';

export interface AdapterDeps {
  readonly database: Pick<Database, 'inAuthentication'>;
  readonly seal: RecordSeal;
  readonly directory: IssuerDirectory;
}

/** What the library keeps without an end ends all the same. */
const secondsDefault = 24 * 60 * 60;

/** Where the library keeps what it must remember: our database, by digest and sealed; clients are our applications. */
export function createAdapterFactory(deps: AdapterDeps): AdapterFactory {
  return (kind) => (kind === 'Client' ? createClientAdapter(deps.directory) : createRecordAdapter(deps, kind));
}

function createRecordAdapter({ database, seal }: AdapterDeps, kind: string): Adapter {
  const inTx = <T>(work: (tx: AuthenticationTx) => Promise<T>) => database.inAuthentication(work).catch(refuseForNow);
  const keyOf = (id: string) => ({ kind, id_hash: digest(kind, id) });
  const payloadOf = async (row: OidcRecordRow | undefined): Promise<AdapterPayload | undefined> => {
    if (row === undefined) return undefined;
    const payload = await openOrNothing(seal, row);
    const consumed = row.consumed_at;
    return payload && consumed !== null ? { ...payload, consumed: Math.floor(consumed.getTime() / 1_000) } : payload;
  };
  return {
    async upsert(id, payload, expiresIn = secondsDefault) {
      const key = keyOf(id);
      const row = {
        ...key,
        sealed: await seal.seal(payload, { kind, idHash: key.id_hash }),
        grant_hash: payload.grantId === undefined ? null : digest('Grant', payload.grantId),
        person_hash: payload.accountId === undefined ? null : digest('account', payload.accountId),
        uid_hash: payload.uid === undefined ? null : digest(`${kind}.uid`, payload.uid),
        expires_at: new Date(Date.now() + expiresIn * 1_000),
      };
      if (kind !== 'ReplayDetection') return await inTx((tx) => upsertOidcRecord(tx, row));
      // The library looks and then writes: of two requests with one assertion both would find nothing.
      if (await inTx((tx) => insertOidcRecord(tx, row))) return;
      throw new errors.InvalidClientAuth('client assertion tokens must only be used once');
    },
    find: async (id) => payloadOf(await inTx((tx) => findOidcRecord(tx, keyOf(id)))),
    findByUid: async (uid) =>
      payloadOf(await inTx((tx) => findOidcRecordByUid(tx, { kind, uidHash: digest(`${kind}.uid`, uid) }))),
    findByUserCode: async () => undefined,
    async consume(id) {
      const key = keyOf(id);
      const first = await inTx(async (tx) => {
        if (await consumeOidcRecord(tx, key, new Date())) return true;
        // Used a moment ago by somebody else: one of the two is a thief, so the whole grant ends (RFC 9700 4.14.2).
        const row = await findOidcRecord(tx, key);
        if (row?.grant_hash) await deleteOidcGrant(tx, row.grant_hash);
        return false;
      });
      if (!first) throw new errors.InvalidGrant(`${kind} already used`);
    },
    destroy: (id) => inTx((tx) => deleteOidcRecord(tx, keyOf(id))),
    revokeByGrantId: (grantId) =>
      inTx((tx) => deleteOidcRecordsOfGrant(tx, { kind, grantHash: digest('Grant', grantId) })),
  };
}

function createClientAdapter(directory: IssuerDirectory): Adapter {
  const readOnly = async () => {
    throw new Error('the issuer does not change applications');
  };
  return {
    async find(id) {
      const client = await directory.findClient(id);
      return client && clientMetadataOf(client);
    },
    upsert: readOnly,
    consume: readOnly,
    destroy: readOnly,
    revokeByGrantId: readOnly,
    findByUid: async () => undefined,
    findByUserCode: async () => undefined,
  };
}

/** RFC 6749 section 4.1.2.1: the client may try again. Anything else stays what it is. */
function refuseForNow(error: unknown): never {
  if (!(error instanceof Problem) || error.status !== 503) throw error;
  throw Object.assign(new errors.OIDCProviderError(503, 'temporarily_unavailable'), { expose: true });
}

/** What is stored of an id. */
export function digest(kind: string, id: string): Buffer {
  return createHash('sha256').update(`${kind}\0${id}`).digest();
}

/** A row that does not open counts as one that is not there: who may write to the database gets no token by that. */
export async function openOrNothing(seal: RecordSeal, row: OidcRecordRow): Promise<AdapterPayload | undefined> {
  try {
    const payload = await seal.open(row.sealed, { kind: row.kind, idHash: row.id_hash });
    return isPayload(payload) ? payload : undefined;
  } catch (error) {
    if (error instanceof EnvelopeError) return undefined;
    throw error;
  }
}

function isPayload(value: unknown): value is AdapterPayload {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
