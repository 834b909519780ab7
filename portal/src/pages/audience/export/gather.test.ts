import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatherMembers, type MemberPage, patient } from './gather.ts';

const page = (items: readonly number[], next?: string, rest: Partial<MemberPage<number>> = {}): MemberPage<number> => ({
  items,
  count: 5,
  withheldCount: 0,
  heldBackCount: 0,
  ...rest,
  next,
});

/** Pages by where they begin; '' is the first. */
function walk(pages: Readonly<Record<string, MemberPage<number>>>, signal = new AbortController().signal) {
  const taken: number[] = [];
  const steps: number[] = [];
  const gathered = gatherMembers<number>({
    readPage: async (start = '') => pages[start] ?? assert.fail(`no page begins at ${start}`),
    take: (items) => taken.push(...items),
    onProgress: ({ rowCount }) => steps.push(rowCount),
    signal,
  });
  return { gathered, taken, steps };
}

test('all pages are walked in their order, short and empty ones too', async () => {
  const { gathered, taken, steps } = walk({ '': page([1, 2], 'a'), a: page([], 'b'), b: page([3, 4, 5]) });
  const whole = { rowCount: 5, count: 5, withheldCount: 0, heldBackCount: 0, verdict: 'whole' };
  assert.deepEqual(await gathered, whole);
  assert.deepEqual(taken, [1, 2, 3, 4, 5]);
  assert.deepEqual(steps, [2, 2, 5]);
});

test('who is withheld or held back is no row, and adds up', async () => {
  const rest = { withheldCount: 1, heldBackCount: 2 };
  assert.equal((await walk({ '': page([1, 2], undefined, rest) }).gathered).verdict, 'whole');
});

test('who leaves the base during the walk may be a row already', async () => {
  const pages = { '': page([1, 2], 'a'), a: page([3, 4, 5], undefined, { withheldCount: 1 }) };
  assert.equal((await walk(pages).gathered).verdict, 'whole');
});

test('a row too few or too many is told', async () => {
  assert.equal((await walk({ '': page([1, 2, 3, 4]) }).gathered).verdict, 'otherCount');
  assert.equal((await walk({ '': page([1, 2, 3, 4, 5, 6]) }).gathered).verdict, 'otherCount');
});

test('a walk without an end is ended', async () => {
  const { gathered, taken } = walk({ '': page([1, 2, 3], 'a'), a: page([1, 2, 3], 'a') });
  assert.equal((await gathered).verdict, 'otherCount');
  assert.equal(taken.length, 6);
});

test('suppressions that change under the walk end it', async () => {
  const { gathered, taken } = walk({ '': page([1, 2], 'a'), a: page([3], undefined, { heldBackCount: 2 }) });
  assert.equal((await gathered).verdict, 'suppressionsChanged');
  assert.deepEqual(taken, [1, 2]);
});

test('a canceled walk takes nothing more', async () => {
  const controller = new AbortController();
  const taken: number[] = [];
  const gathered = gatherMembers<number>({
    readPage: async () => page([1], 'a'),
    take: (items) => {
      taken.push(...items);
      controller.abort();
    },
    onProgress: () => {},
    signal: controller.signal,
  });
  await assert.rejects(gathered, { name: 'AbortError' });
  assert.deepEqual(taken, [1]);
});

test('what passes is waited for, longer each time; what does not is thrown at once', async () => {
  const waits: number[] = [];
  const wait = async (ms: number) => void waits.push(ms);
  let calls = 0;
  const busyTwice = async (answer: string) => {
    calls += 1;
    if (calls < 3) throw new Error('busy');
    return answer;
  };
  assert.equal(await patient(busyTwice, { isPassing: () => true, wait })('ok'), 'ok');
  assert.deepEqual(waits, [1_000, 2_000]);
  const fails = async () => assert.fail('no');
  await assert.rejects(patient(fails, { isPassing: () => false, wait })());
  await assert.rejects(patient(fails, { isPassing: () => true, wait })());
  assert.equal(waits.length, 2 + 4);
});
