/** Work that is done again and again while the process runs. */
export interface Rounds {
  /** A round now, and one every `everyMs`. */
  start(): void;
  /** No further round; waits for the one that runs. */
  stop(): Promise<void>;
}

/** A round that takes longer than `everyMs` delays the next; one that fails is told to `onFailure` and tried again. */
export function createRounds(options: {
  everyMs: number;
  run: () => Promise<void>;
  onFailure: (error: unknown) => void;
}): Rounds {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  const round = () => {
    running ??= options
      .run()
      .catch(options.onFailure)
      .finally(() => {
        running = undefined;
      });
  };
  return {
    start() {
      round();
      timer = setInterval(round, options.everyMs);
      timer.unref();
    },
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
