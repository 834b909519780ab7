import type { Clock } from '../../lib/clock.ts';
import type { AccessVerifier, Principal, Right } from '../access/index.ts';

/** Between two looks at the database's word; chunks of a body come by the thousand. */
const checkEveryMs = 1_000;

/** Looks after a right that may be taken away while its work runs. Never call it inside a transaction. */
export interface RightWatch {
  /** Cheap enough for every chunk: looks at most once a second. @throws Problem `unauthorized`, `forbidden` */
  check(): Promise<void>;
  /** Looks now: before what was worked out is published. */
  checkNow(): Promise<void>;
}

export function watchRight(
  deps: { access: Pick<AccessVerifier, 'assertStillHolds'>; clock: Clock },
  principal: Principal,
  right: Right,
): RightWatch {
  let checkedAt = deps.clock.now().getTime();
  const checkNow = async () => {
    checkedAt = deps.clock.now().getTime();
    await deps.access.assertStillHolds(principal, right);
  };
  return {
    checkNow,
    async check() {
      if (deps.clock.now().getTime() - checkedAt >= checkEveryMs) await checkNow();
    },
  };
}

/**
 * The chunks of a body while the right to send it holds. Not `for await`: ending the iterator of an unread body cuts the
 * connection before the refusal is answered.
 */
export async function* watchedBody(body: AsyncIterable<Uint8Array>, watch: RightWatch): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  for (;;) {
    const next = await chunks.next();
    if (next.done === true) return;
    await watch.check();
    yield next.value;
  }
}
