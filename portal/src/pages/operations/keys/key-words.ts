import type { Schemas } from '../../../api/client.ts';
import { identifierTypeWords } from '../../../text/words.ts';
import { text } from './text.ts';

export type Key = Schemas['keys']['items'][number];
export type Rotation = Schemas['keyRotation'];

export function isRunning({ state }: Rotation): boolean {
  return state === 'running';
}

/** What a key is called: by what it is for. */
export function keyName({ identifierType }: Pick<Key, 'identifierType'>): string {
  return identifierType === undefined ? text.data : text.index(identifierTypeWords[identifierType]);
}

/** In the order in which people look for them: by what they are for, the newest first. */
export function sortKeys(keys: readonly Key[]): readonly Key[] {
  return keys.toSorted(
    (one, other) =>
      one.kind.localeCompare(other.kind) ||
      keyName(one).localeCompare(keyName(other)) ||
      other.generation - one.generation,
  );
}
