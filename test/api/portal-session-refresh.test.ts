import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../../src/lib/problem.ts';
import { GrantRefused, type TokenSet } from '../../src/modules/sign-in/portal-client.ts';
import { createPortalSessions } from '../../src/modules/sign-in/portal-sessions.ts';
import { createTokenSealer } from '../../src/modules/sign-in/token-sealer.ts';
import { institutionId, startTestApp } from '../support/app.ts';
import { forEachEngine, type TestEngine } from '../support/engines.ts';
import { createStillClock } from '../support/still-clock.ts';

const minuteMs = 60_000;

/** Sessions whose issuer does what the test says, on two servers that share the database. */
async function startSessions(engine: TestEngine, answer: (call: number) => Promise<TokenSet>) {
  // Leases and tokens end by a clock that only the test moves: none of them ends because the machine is slow.
  const bank = { ...(await startTestApp(engine)), clock: createStillClock() };
  const calls: string[] = [];
  const client = {
    refresh: async (refreshToken: string) => {
      calls.push(refreshToken);
      return await answer(calls.length);
    },
  };
  const createServer = () => createPortalSessions({ ...bank, client, sealer: createTokenSealer(bank) });
  const tokensFor = (name: string, changes: Partial<TokenSet> = {}): TokenSet => ({
    accessToken: `access ${name}`,
    accessExpiresAt: new Date(bank.clock.now().getTime() + 10 * minuteMs),
    refreshToken: `refresh ${name}`,
    idToken: undefined,
    ...changes,
  });
  const one = createServer();
  const begin = (changes: Partial<TokenSet> = {}) =>
    one.begin(tokensFor('1', changes), { personId: 'p'.repeat(20), institutionId });
  return { bank, calls, one, other: createServer(), tokensFor, begin };
}

forEachEngine((engine) => {
  test('many requests on two servers refresh once, and all get the new token', async () => {
    let give: (tokens: TokenSet) => void = () => {};
    const given = new Promise<TokenSet>((resolve) => {
      give = resolve;
    });
    const { bank, calls, one, other, tokensFor, begin } = await startSessions(engine, () => given);
    await using _bank = bank;
    const secret = await begin({ idToken: 'id 1' });
    bank.clock.advance(10 * minuteMs);
    const finding = [one, other, one, other].map((server) => server.find(secret));
    while (calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    give(tokensFor('2'));
    const found = await Promise.all(finding);
    assert.deepEqual(calls, ['refresh 1']);
    assert.deepEqual(new Set(found.map((session) => session?.tokens.accessToken)), new Set(['access 2']));
    assert.equal(found[0]?.tokens.idToken, 'id 1', 'a refresh may give none');
    assert.equal((await other.find(secret))?.tokens.refreshToken, 'refresh 2');
  });

  test('a token near its end still serves while another request refreshes', async () => {
    const { bank, calls, one, other, begin } = await startSessions(engine, (call) =>
      call === 1 ? new Promise(() => {}) : Promise.reject(new Problem('serviceUnavailable')),
    );
    await using _bank = bank;
    const secret = await begin();
    bank.clock.advance(9 * minuteMs + 30_000);
    one.find(secret).catch(() => {});
    while (calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    assert.equal((await other.find(secret))?.tokens.accessToken, 'access 1');
    // Discovery and the refresh after it may take 10 s each: a second refresh with the same token would end the session.
    bank.clock.advance(20_000);
    assert.equal((await other.find(secret))?.tokens.accessToken, 'access 1');
    assert.deepEqual(calls, ['refresh 1']);
    // A process that died holds the others up no longer than its lease.
    bank.clock.advance(6_000);
    other.find(secret).catch(() => {});
    while (calls.length === 1) await new Promise((resolve) => setImmediate(resolve));
  });

  test('a refresh that the issuer refuses ends the session', async () => {
    const { bank, one, begin } = await startSessions(engine, () => Promise.reject(new GrantRefused('no')));
    await using _bank = bank;
    const secret = await begin();
    bank.clock.advance(10 * minuteMs);
    assert.equal(await one.find(secret), undefined);
    const rows = await bank.database.asOperator((tx) => tx.db.selectFrom('portal_session').selectAll().execute());
    assert.deepEqual(rows, []);
  });

  test('an issuer that does not answer is waited for with the old token, then 503, then works again', async () => {
    const { bank, one, tokensFor, begin } = await startSessions(engine, async (call) => {
      if (call < 3) throw new Problem('serviceUnavailable');
      return tokensFor('2');
    });
    await using _bank = bank;
    const secret = await begin();
    bank.clock.advance(9 * minuteMs + 30_000);
    assert.equal((await one.find(secret))?.tokens.accessToken, 'access 1');
    bank.clock.advance(minuteMs);
    await assert.rejects(one.find(secret), { type: 'serviceUnavailable' });
    assert.equal((await one.find(secret))?.tokens.accessToken, 'access 2');
  });

  test('without a refresh token the session ends with the access token', async () => {
    const { bank, one, begin } = await startSessions(engine, () => Promise.reject(new Error('never asked')));
    await using _bank = bank;
    const secret = await begin({ refreshToken: undefined });
    bank.clock.advance(9 * minuteMs + 30_000);
    assert.equal((await one.find(secret))?.tokens.accessToken, 'access 1');
    bank.clock.advance(30_000);
    assert.equal(await one.find(secret), undefined);
  });

  test('tokens open with the session that they were sealed for only, and under an older secret too', async () => {
    const { bank, one, begin } = await startSessions(engine, () => Promise.reject(new Error('never asked')));
    await using _bank = bank;
    const [first, second] = [await begin(), await begin()];
    await bank.keyring.addInstallationSecret('seal', new Uint8Array(32).fill(7));
    bank.clock.advance(minuteMs);
    assert.equal((await one.find(first))?.tokens.accessToken, 'access 1');
    await bank.database.asOperator(async (tx) => {
      const rows = await tx.db.selectFrom('portal_session').select(['session_hash', 'sealed_tokens']).execute();
      for (const [index, { session_hash }] of rows.entries()) {
        const sealed = rows[(index + 1) % 2]?.sealed_tokens ?? Buffer.alloc(0);
        await tx.db
          .updateTable('portal_session')
          .set({ sealed_tokens: sealed })
          .where('session_hash', '=', session_hash)
          .execute();
      }
    });
    for (const secret of [first, second]) assert.equal(await one.find(secret), undefined);
  });
});
