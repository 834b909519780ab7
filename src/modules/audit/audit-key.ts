import { type Keyring, KeysAbsent } from '../../crypto/keyring.ts';

/**
 * The key of an institution's chain, for whoever looks at all of them: one without keys must not hide the others.
 *
 * @returns undefined when the institution has no keys any more
 */
export async function findChainKey(
  keyring: Pick<Keyring, 'forInstitution'>,
  institutionId: string,
): Promise<Uint8Array | undefined> {
  try {
    return (await keyring.forInstitution(institutionId)).macKey('audit');
  } catch (error) {
    if (error instanceof KeysAbsent) return undefined;
    throw error;
  }
}
