/** A page of members, of whatever version and channel the walk is for. */
export interface MemberPage<Item> {
  readonly items: readonly Item[];
  readonly count: number;
  readonly withheldCount: number;
  readonly heldBackCount: number;
  /** Where the next page begins; its absence is the only end. */
  readonly next: string | undefined;
}

export interface Gathered {
  readonly rowCount: number;
  /** Members of the version. */
  readonly count: number;
  /** Of them, who has left the customer base since. */
  readonly withheldCount: number;
  /** Of them, whom suppressions leave out. */
  readonly heldBackCount: number;
  readonly verdict: Verdict;
}

/**
 * `whole`: rows, withheld and held back make up the count. `suppressionsChanged`: whom they hold back changed during the
 * walk, so early and late pages answer different questions. `otherCount`: rows are missing or too many.
 */
export type Verdict = 'whole' | 'suppressionsChanged' | 'otherCount';

export interface Progress {
  readonly rowCount: number;
  /** How many rows the last page lets expect. */
  readonly expectedCount: number;
}

interface Walk<Item> {
  readonly readPage: (start: string | undefined) => Promise<MemberPage<Item>>;
  readonly take: (items: readonly Item[]) => void;
  readonly onProgress: (progress: Progress) => void;
  readonly signal: AbortSignal;
}

/** Walks all pages, then holds the rows against the count. @throws the signal's reason when it is canceled */
export async function gatherMembers<Item>({ readPage, take, onProgress, signal }: Walk<Item>): Promise<Gathered> {
  signal.throwIfAborted();
  const first = await readPage(undefined);
  let last = first;
  let rowCount = 0;
  for (;;) {
    signal.throwIfAborted();
    take(last.items);
    rowCount += last.items.length;
    onProgress({ rowCount, expectedCount: last.count - last.withheldCount - last.heldBackCount });
    // A server that never ends would fill the memory: more rows than members are wrong already.
    if (last.next === undefined || rowCount > last.count) break;
    last = await readPage(last.next);
    if (last.heldBackCount !== first.heldBackCount) return told(rowCount, last, 'suppressionsChanged');
  }
  return told(rowCount, last, verdictOf(rowCount, first, last));
}

function told(rowCount: number, last: MemberPage<unknown>, verdict: Verdict): Gathered {
  const { count, withheldCount, heldBackCount } = last;
  return { rowCount, count, withheldCount, heldBackCount, verdict };
}

/** Who leaves the base during the walk may be a row already: the rows lie between the first and the last answer. */
function verdictOf(rowCount: number, first: MemberPage<unknown>, last: MemberPage<unknown>): Verdict {
  const contactable = last.count - last.heldBackCount;
  const isWithin = rowCount >= contactable - last.withheldCount && rowCount <= contactable - first.withheldCount;
  return isWithin && first.count === last.count ? 'whole' : 'otherCount';
}

const triesMax = 5;
const firstWaitMs = 1_000;

/**
 * The same call, tried again where waiting helps: the network is away, the server is busy or asks to go slower. An
 * export of a million members would otherwise end at its 900th page.
 */
export function patient<Arguments extends readonly unknown[], Result>(
  call: (...given: Arguments) => Promise<Result>,
  { isPassing, wait }: { isPassing: (error: unknown) => boolean; wait: (ms: number) => Promise<void> },
): (...given: Arguments) => Promise<Result> {
  return async (...given) => {
    for (let tries = 1; ; tries++) {
      try {
        return await call(...given);
      } catch (error) {
        if (tries >= triesMax || !isPassing(error)) throw error;
        await wait(firstWaitMs * 2 ** (tries - 1));
      }
    }
  };
}
