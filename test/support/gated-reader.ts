import { createListReader, type ListReader, type ReadingSession } from '../../src/modules/imports/reading/index.ts';

/**
 * Where a session can be held: `stage` after the list is read and before it is matched, outside any transaction;
 * `resolve` inside the transaction that matches and publishes it.
 */
export type GatePoint = 'stage' | 'resolve';

export interface GatedReader {
  readonly listReader: ListReader;
  /** Holds the next session that comes to the point, until `release`. */
  hold(point: GatePoint): Gate;
  /** Sessions that were opened and not disposed of. */
  openSessions(): number;
}

export interface Gate {
  /** A session is there and waits. */
  readonly reached: Promise<void>;
  release(): void;
}

interface ArmedGate {
  readonly point: GatePoint;
  readonly reach: () => void;
  readonly released: Promise<void>;
}

/** A list reader whose sessions wait where a test wants them to: races without sleeps. */
export function createGatedReader(inner: ListReader = createListReader({ workers: 1 })): GatedReader {
  const armed: ArmedGate[] = [];
  let openSessions = 0;

  async function pass(point: GatePoint): Promise<void> {
    const index = armed.findIndex((gate) => gate.point === point);
    const [gate] = index === -1 ? [] : armed.splice(index, 1);
    if (gate === undefined) return;
    gate.reach();
    await gate.released;
  }

  return {
    listReader: {
      async open(): Promise<ReadingSession> {
        const session = await inner.open();
        openSessions += 1;
        let isOpen = true;
        return {
          ...session,
          async stage(...terms) {
            const summary = await session.stage(...terms);
            await pass('stage');
            return summary;
          },
          async resolve() {
            const resolution = await session.resolve();
            await pass('resolve');
            return resolution;
          },
          async [Symbol.asyncDispose]() {
            await session[Symbol.asyncDispose]();
            if (isOpen) openSessions -= 1;
            isOpen = false;
          },
        };
      },
      close: () => inner.close(),
    },
    hold(point) {
      const reached = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      armed.push({ point, reach: reached.resolve, released: released.promise });
      return { reached: reached.promise, release: released.resolve };
    },
    openSessions: () => openSessions,
  };
}
