import fc from 'fast-check';
import type { TestApp } from '../support/app.ts';
import { replaceMembers, seededId } from './audience-data.ts';
import { deleteSuppression, listOfSeeded, suppress } from './suppression-data.ts';

export const contactChannels = ['email', 'sms', 'phone', 'mail'] as const;
export type Channel = (typeof contactChannels)[number];

/** What happens to suppressions and the base while somebody walks through an audience. */
export type SuppressionEvent =
  | { readonly kind: 'suppress'; readonly channel: Channel | 'any'; readonly ordinals: readonly number[] }
  | { readonly kind: 'end' }
  | { readonly kind: 'follow'; readonly ordinals: readonly number[] }
  | { readonly kind: 'erase'; readonly ordinal: number };

/** Who is held back, by plain sets of ordinals. */
export interface SuppressionModel {
  isHeldBack(channel: Channel, ordinal: number): boolean;
  isErased(ordinal: number): boolean;
  /** Does it, and notes what that means. */
  apply(event: SuppressionEvent): Promise<void>;
  /** Ends all suppressions; who is erased stays so. */
  clear(): Promise<void>;
}

/** @param below seeded customers whom events may name */
export function suppressionEvents(below: number): fc.Arbitrary<SuppressionEvent> {
  const ordinals = (maxLength: number) => fc.uniqueArray(fc.nat(below - 1), { minLength: 1, maxLength, size: 'max' });
  return fc.oneof(
    fc.record({
      kind: fc.constant('suppress' as const),
      channel: fc.constantFrom(...contactChannels, 'any' as const),
      ordinals: ordinals(40),
    }),
    fc.record({ kind: fc.constant('end' as const) }),
    fc.record({ kind: fc.constant('follow' as const), ordinals: ordinals(60) }),
    fc.record({ kind: fc.constant('erase' as const), ordinal: fc.nat(below - 1) }),
  );
}

/** @param followed an audience that a suppression of every channel follows already */
export function createSuppressionModel(bank: TestApp, followed: string): SuppressionModel {
  const lists = new Map<string, { channel: Channel | 'any'; ordinals: ReadonlySet<number> }>();
  let following: ReadonlySet<number> = new Set();
  const erased = new Set<number>();
  const end = async (id: string) => {
    await deleteSuppression(bank, id);
    lists.delete(id);
  };
  return {
    isHeldBack(channel, ordinal) {
      if (following.has(ordinal)) return true;
      return [...lists.values()].some(
        (list) => (list.channel === channel || list.channel === 'any') && list.ordinals.has(ordinal),
      );
    },
    isErased: (ordinal) => erased.has(ordinal),
    async apply(event) {
      if (event.kind === 'suppress') {
        const { channel } = event;
        const ordinals = event.ordinals.filter((ordinal) => !erased.has(ordinal));
        if (ordinals.length === 0) return;
        const { id } = await suppress(bank, listOfSeeded(ordinals, { channel }));
        lists.set(id, { channel, ordinals: new Set(ordinals) });
      } else if (event.kind === 'end') {
        for (const id of [...lists.keys()].slice(0, 1)) await end(id);
      } else if (event.kind === 'follow') {
        await replaceMembers(bank, followed, event.ordinals);
        following = new Set(event.ordinals);
      } else if (!erased.has(event.ordinal)) {
        const answer = await bank.send({ method: 'DELETE', url: `/service/customers/${seededId(event.ordinal)}` });
        if (answer.statusCode !== 204) throw new Error(`an erasure answered ${answer.body}`);
        erased.add(event.ordinal);
      }
    },
    async clear() {
      for (const id of [...lists.keys()]) await end(id);
      await replaceMembers(bank, followed, []);
      following = new Set();
    },
  };
}
