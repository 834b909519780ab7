// Runs inside the measured page: what its own clock says of an act, from the event to the paint that answers it.
globalThis.pageClock = (() => {
  const quietMs = 250;
  let startedAt;
  let changedAt;
  let entries = [];
  const inputs = ['pointerdown', 'keydown', 'input'];
  const start = (event) => {
    startedAt ??= event.timeStamp;
  };
  /** After the next frame is painted. */
  const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  return {
    watch(selector) {
      startedAt = undefined;
      changedAt = undefined;
      for (const type of inputs) addEventListener(type, start, { capture: true });
      const place = document.querySelector(selector)?.parentElement;
      new MutationObserver(async () => {
        const at = performance.now();
        await painted();
        changedAt = { at, paintedAt: performance.now() };
      }).observe(place, { subtree: true, childList: true, characterData: true, attributes: true });
    },
    /** Milliseconds, once nothing has changed for a while. */
    async settled() {
      const giveUpAt = performance.now() + 20_000;
      while (changedAt === undefined || performance.now() - changedAt.at < quietMs) {
        if (performance.now() > giveUpAt) throw new Error('nothing changed');
        await pause(20);
      }
      return changedAt.paintedAt - startedAt;
    },
    observe(type) {
      entries = [];
      new PerformanceObserver((list) => entries.push(...list.getEntries())).observe({ type, durationThreshold: 16 });
    },
    async longest() {
      await pause(quietMs);
      return Math.max(0, ...entries.map(({ duration }) => duration));
    },
  };
})();
