import { hash } from 'node:crypto';
import { cmacBatch, macBytes } from '../../crypto/aes-cmac.ts';
import { type PackedValues, valueAt, valueCount } from '../../crypto/packed-values.ts';
import { type IdentifierTypeName, isBlind } from './identifier-types.ts';

/**
 * The tokens of canonical values (UTF-8), 16 bytes each, to be stored and compared as `uuid`.
 *
 * A blind type: AES-CMAC under the index key. The two ids that rest in clear: the first 128 bits of SHA-256, which
 * PostgreSQL makes of its columns by the expression
 * `encode(substring(sha256(convert_to(value, 'UTF8')) from 1 for 16), 'hex')::uuid`.
 *
 * @param indexKey of a blind type; undefined for the other two
 */
export function tokenize(type: IdentifierTypeName, indexKey: Uint8Array | undefined, values: PackedValues): Uint8Array {
  if (!isBlind(type)) return digests(values);
  if (indexKey === undefined) throw new Error(`identifier type ${type} needs an index key`);
  return cmacBatch(indexKey, values);
}

function digests(values: PackedValues): Uint8Array {
  const count = valueCount(values);
  const tokens = new Uint8Array(count * macBytes);
  for (let index = 0; index < count; index += 1) {
    const digest = hash('sha256', valueAt(values, index), 'buffer');
    tokens.set(digest.subarray(0, macBytes), index * macBytes);
  }
  return tokens;
}
