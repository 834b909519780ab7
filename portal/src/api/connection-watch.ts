import { createObserved, type Observed } from './observed.ts';

/** `offline`: the browser has no network. `unreachable`: it has, and the server does not answer. */
export type Connection = 'reached' | 'offline' | 'unreachable';

/** Short enough that nobody presses anything, long enough for a server that starts. */
export const lookAgainMs = 3_000;

export interface ConnectionWatch extends Omit<Observed<Connection>, 'set'> {
  /** A call got no answer: once is chance, so it is looked before anything is said. */
  doubt(): void;
  networkChanged(isThere: boolean): void;
  look(): Promise<void>;
  whenReached(): Promise<void>;
}

/** @param probe whether the server answers now; never rejects */
export function createConnectionWatch({ probe }: { probe: () => Promise<boolean> }): ConnectionWatch {
  const connection = createObserved<Connection>('reached');
  let hasNetwork = true;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = async () => {
    clearTimeout(timer);
    if (!hasNetwork) return connection.set('offline');
    const isReached = await probe();
    // It may have gone while the answer was waited for.
    if (!hasNetwork) return;
    connection.set(isReached ? 'reached' : 'unreachable');
    clearTimeout(timer);
    if (!isReached) timer = setTimeout(look, lookAgainMs);
  };
  return {
    get: connection.get,
    subscribe: connection.subscribe,
    look,
    doubt() {
      if (connection.get() === 'reached') void look();
    },
    networkChanged(isThere) {
      hasNetwork = isThere;
      void look();
    },
    async whenReached() {
      if (connection.get() === 'reached') return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const stop = connection.subscribe(() => {
        if (connection.get() === 'reached') resolve();
      });
      await promise;
      stop();
    },
  };
}
