import { createHmac, timingSafeEqual } from 'node:crypto';
import { canonicalJson } from '../../lib/canonical-json.ts';
import { keyObjectOf } from '../../lib/key-object.ts';
import type { AuditOutcome, PrincipalKind } from './audit-entry.ts';

/** The first byte of what is hashed: another encoding gets another number, and old entries stay checkable. */
const entryVersion = 1;
const headVersion = 0x81;
/** Stands for a column that is null; no text is that long. */
const nullLength = 0xffff_ffff;

/** What stands before the first entry. */
export const genesisHash = Buffer.alloc(32);

/** An entry as it stands in its chain. */
export interface ChainedEntry {
  readonly institutionId: string;
  /** 1 for the first entry of an institution, without gaps. */
  readonly sequence: number;
  /** `YYYY-MM-DDThh:mm:ss.sssZ` */
  readonly at: string;
  readonly principalKind: PrincipalKind;
  readonly principalId: string;
  readonly applicationId: string | null;
  readonly address: string | null;
  readonly operation: string;
  readonly resource: string | null;
  readonly outcome: AuditOutcome;
  readonly detail: unknown;
}

/** The end of a chain. */
export interface ChainHead {
  readonly institutionId: string;
  readonly sequence: number;
  readonly hash: Uint8Array;
}

/**
 * HMAC-SHA-256(key, previous hash || canonical bytes of the entry). The canonical bytes are the version (1 byte), then
 * the fields in the order of {@link ChainedEntry}, each as its length in bytes (4 bytes, big-endian; ffffffff = null)
 * and its UTF-8; the sequence in decimal, `detail` as canonical JSON (RFC 8785). Lengths make it unambiguous: no two
 * entries have the same bytes.
 *
 * @param key the institution's `macKey('audit')`
 */
export function entryHash(key: Uint8Array, previousHash: Uint8Array, entry: ChainedEntry): Buffer {
  const fields = fieldBytes([
    entry.institutionId,
    String(entry.sequence),
    entry.at,
    entry.principalKind,
    entry.principalId,
    entry.applicationId,
    entry.address,
    entry.operation,
    entry.resource,
    entry.outcome,
    canonicalJson(entry.detail),
  ]);
  const mac = createHmac('sha256', keyObjectOf(key));
  return mac.update(previousHash).update(Buffer.of(entryVersion)).update(fields).digest();
}

/**
 * HMAC-SHA-256(key, 81 || institution || sequence || hash), with the same lengths before each part. It has at most 70
 * bytes and what {@link entryHash} covers at least 77, so the one never passes for the other.
 */
export function headMac(key: Uint8Array, head: ChainHead): Buffer {
  const fields = fieldBytes([head.institutionId, String(head.sequence), head.hash]);
  return createHmac('sha256', keyObjectOf(key)).update(Buffer.of(headVersion)).update(fields).digest();
}

/** Whether the head was written by a holder of the key. */
export function isAuthentic(key: Uint8Array, head: ChainHead & { readonly mac: Uint8Array }): boolean {
  return sameBytes(headMac(key, head), head.mac);
}

export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.byteLength === other.byteLength && timingSafeEqual(one, other);
}

function fieldBytes(fields: readonly (string | Uint8Array | null)[]): Buffer {
  const parts: Uint8Array[] = [];
  for (const field of fields) {
    const bytes = field === null ? null : typeof field === 'string' ? Buffer.from(field, 'utf8') : field;
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes?.byteLength ?? nullLength);
    parts.push(length, bytes ?? Buffer.alloc(0));
  }
  return Buffer.concat(parts);
}
