import { createHmac, timingSafeEqual } from 'node:crypto';
import { openEnvelope, sealEnvelope } from '../../crypto/envelope.ts';
import type { InstitutionKeys, Keyring } from '../../crypto/keyring.ts';
import type { Database, InstitutionTx } from '../../db/transaction.ts';
import type { Clock } from '../../lib/clock.ts';
import { randomId } from '../../lib/id.ts';
import { Problem } from '../../lib/problem.ts';
import type { Principal } from '../access/index.ts';
import type { CommandReply } from './command-reply.ts';
import {
  deleteOwnRecord,
  findRecordForUpdate,
  type IdempotencyRef,
  type IdempotencyRow,
  insertRecord,
  takeOverRecord,
  updateOwnRecord,
} from './idempotency-store.ts';

/** A claim that is not renewed for this long belongs to a dead process and may be taken over. */
const leaseMs = 60_000;
const renewEveryMs = 20_000;
/** A finished answer is given again for this long. */
const keptMs = 24 * 60 * 60 * 1_000;
const retryAfterSeconds = 2;

export interface IdempotencyRequest {
  readonly principal: Principal;
  /** The `Idempotency-Key` header. */
  readonly key: string;
  readonly operation: string;
  /** Path and sorted query: the part of "the same request" that is known before the body. */
  readonly target: string;
}

/** The hold of one request on its idempotency key, from before the body is read until the answer is stored. */
export interface IdempotencyClaim {
  /** Key of the digest over the body; the reader of the body computes HMAC-SHA-256 under it. */
  readonly digestKey: Uint8Array;
  /**
   * Tells whether this request is the one that the key stands for. Call it once, with the body's digest.
   *
   * @returns the stored answer when the request has been carried out already
   * @throws Problem `idempotencyKeyReused` when the key stands for another request
   */
  verify(bodyDigest: Buffer): Promise<CommandReply | undefined>;
  /** Stores the answer in the transaction of the change. @throws Problem `conflict` when the claim was lost */
  finish(tx: InstitutionTx, reply: CommandReply): Promise<void>;
  /** Ends the hold: a request that did not finish leaves the key free. Safe to call more than once. */
  release(): Promise<void>;
}

export interface Idempotency {
  /** @throws Problem `conflict` while another request under the key runs */
  claim(request: IdempotencyRequest): Promise<IdempotencyClaim>;
}

interface IdempotencyDeps {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly clock: Clock;
}

export function createIdempotency(deps: IdempotencyDeps): Idempotency {
  return {
    async claim(request) {
      const { institutionId, id: principalId } = request.principal;
      const keys = await deps.keyring.forInstitution(institutionId);
      const ref = { principalId, key: request.key, claimId: randomId() };
      const finished = await deps.database.inInstitution(institutionId, (tx) =>
        take(tx, ref, { operation: request.operation, at: deps.clock.now() }),
      );
      return finished === undefined
        ? runningClaim({ ...deps, keys }, request, ref)
        : finishedClaim({ ...deps, keys }, request, finished);
    },
  };
}

/** @returns the finished record, or undefined when the key is now ours */
async function take(
  tx: InstitutionTx,
  ref: IdempotencyRef,
  request: { operation: string; at: Date },
): Promise<IdempotencyRow | undefined> {
  const row: IdempotencyRow = {
    institution_id: tx.institutionId,
    principal_id: ref.principalId,
    key: ref.key,
    operation: request.operation,
    state: 'running',
    claim_id: ref.claimId,
    lease_until: new Date(request.at.getTime() + leaseMs),
    request_digest: null,
    sealed_response: null,
    created_at: request.at,
    expires_at: new Date(request.at.getTime() + keptMs),
  };
  if (await insertRecord(tx, row)) return undefined;
  const existing = await findRecordForUpdate(tx, ref);
  // Released between the two statements: the client may simply try again.
  if (existing === undefined) throw stillRunning();
  if (existing.state === 'finished' && existing.expires_at > request.at) return existing;
  if (existing.state === 'running' && existing.lease_until > request.at) throw stillRunning();
  await takeOverRecord(tx, row);
  return undefined;
}

function runningClaim(
  deps: IdempotencyDeps & { keys: InstitutionKeys },
  request: IdempotencyRequest,
  ref: IdempotencyRef,
): IdempotencyClaim {
  const { institutionId } = request.principal;
  let digest: Buffer | undefined;
  let done = false;
  const renewal = setInterval(() => {
    const leaseUntil = new Date(deps.clock.now().getTime() + leaseMs);
    // A failed renewal is no failure of the request: finish() decides whether the claim still holds.
    deps.database
      .inInstitution(institutionId, (tx) => updateOwnRecord(tx, ref, { lease_until: leaseUntil }))
      .catch(() => undefined);
  }, renewEveryMs);
  renewal.unref();
  return {
    digestKey: deps.keys.macKey('idempotency'),
    async verify(bodyDigest) {
      digest = requestDigest(deps.keys, request, bodyDigest);
      return undefined;
    },
    async finish(tx, reply) {
      if (digest === undefined) throw new Error('an idempotency claim was finished before it was verified');
      const keys = await deps.keyring.forSealing(tx);
      const kept = await updateOwnRecord(tx, ref, {
        state: 'finished',
        request_digest: digest,
        sealed_response: sealReply(keys, request, reply.secret === true ? withoutSecret(reply) : reply),
        expires_at: new Date(deps.clock.now().getTime() + keptMs),
      });
      if (!kept) throw stillRunning();
      deps.keyring.countSeals(institutionId, keys.dataKey.generation, 1);
    },
    async release() {
      if (done) return;
      done = true;
      clearInterval(renewal);
      await deps.database.inInstitution(institutionId, (tx) => deleteOwnRecord(tx, ref));
    },
  };
}

function finishedClaim(
  { keyring, keys }: IdempotencyDeps & { keys: InstitutionKeys },
  request: IdempotencyRequest,
  row: IdempotencyRow,
): IdempotencyClaim {
  return {
    digestKey: keys.macKey('idempotency'),
    async verify(bodyDigest) {
      const same = requestDigest(keys, request, bodyDigest);
      if (row.request_digest === null || !timingSafeEqual(same, row.request_digest)) {
        throw new Problem('idempotencyKeyReused', {
          detail: 'This Idempotency-Key was used for another request. Use a new key for a new request.',
        });
      }
      const reply = await keyring.opening(keys.institutionId, (current) => openReply(current, request, row));
      if (reply.secret === true) {
        throw new Problem('conflict', {
          detail: 'This request has been carried out. Its answer held a secret, which is shown once and not kept.',
        });
      }
      return { ...reply, replayed: true };
    },
    async finish() {
      throw new Error('a finished idempotency record cannot be finished again');
    },
    async release() {},
  };
}

/** Sealed or not, what is not kept cannot be taken. */
function withoutSecret(reply: CommandReply): CommandReply {
  return { status: reply.status, secret: true };
}

function requestDigest(keys: InstitutionKeys, request: IdempotencyRequest, bodyDigest: Buffer): Buffer {
  return createHmac('sha256', keys.macKey('idempotency'))
    .update(JSON.stringify([request.operation, request.target, bodyDigest.toString('base64')]))
    .digest();
}

function sealReply(keys: InstitutionKeys, request: IdempotencyRequest, reply: CommandReply): Buffer {
  return sealEnvelope({
    key: keys.dataKey.key,
    generation: keys.dataKey.generation,
    plaintext: Buffer.from(JSON.stringify(reply)),
    associatedData: replyContext(request),
  });
}

function openReply(keys: InstitutionKeys, request: IdempotencyRequest, row: IdempotencyRow): CommandReply {
  if (row.sealed_response === null) throw new Error('a finished idempotency record has no response');
  const plaintext = openEnvelope({
    keyOf: (generation) => keys.dataKeyOf(generation),
    sealed: row.sealed_response,
    associatedData: replyContext(request),
  });
  const reply: CommandReply = JSON.parse(plaintext.toString());
  return reply;
}

function replyContext({ principal, key }: IdempotencyRequest): Buffer {
  return idempotencyContext({ institutionId: principal.institutionId, principalId: principal.id, key });
}

/** The associated data of `idempotency_record.sealed_response`: whoever seals it anew needs it. */
export function idempotencyContext(record: { institutionId: string; principalId: string; key: string }): Buffer {
  return Buffer.from(JSON.stringify(['idempotency', record.institutionId, record.principalId, record.key]));
}

function stillRunning(): Problem {
  return new Problem('conflict', {
    detail: 'A request with this Idempotency-Key is running. Try again in a moment.',
    headers: { 'Retry-After': String(retryAfterSeconds) },
  });
}
