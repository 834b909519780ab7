import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { createConnectionWatch, lookAgainMs } from './connection-watch.ts';

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

test('one lost call changes nothing while the server answers', async () => {
  const watch = createConnectionWatch({ probe: async () => true });
  const heard = mock.fn();
  watch.subscribe(heard);
  watch.doubt();
  await settled();
  assert.deepEqual([watch.get(), heard.mock.callCount()], ['reached', 0]);
});

test('a server that does not answer is looked for again and again, until it does', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const answers = [false, false, true];
  const watch = createConnectionWatch({ probe: async () => answers.shift() ?? true });
  watch.doubt();
  await settled();
  assert.equal(watch.get(), 'unreachable');
  let isBack = false;
  const back = watch.whenReached().then(() => {
    isBack = true;
  });
  context.mock.timers.tick(lookAgainMs);
  await settled();
  assert.deepEqual([watch.get(), isBack], ['unreachable', false]);
  context.mock.timers.tick(lookAgainMs);
  await back;
  assert.deepEqual([watch.get(), answers.length], ['reached', 0]);
});

test('without a network nothing is asked; with it again the server decides', async () => {
  const probe = mock.fn(async () => false);
  const watch = createConnectionWatch({ probe });
  watch.networkChanged(false);
  await settled();
  assert.deepEqual([watch.get(), probe.mock.callCount()], ['offline', 0]);
  watch.networkChanged(true);
  await settled();
  assert.deepEqual([watch.get(), probe.mock.callCount()], ['unreachable', 1]);
  watch.networkChanged(false);
  await settled();
  assert.equal(watch.get(), 'offline');
});

test('a network that goes while the server is looked for is gone', async () => {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const watch = createConnectionWatch({ probe: () => promise });
  const looked = watch.look();
  watch.networkChanged(false);
  resolve(true);
  await looked;
  assert.equal(watch.get(), 'offline');
});
