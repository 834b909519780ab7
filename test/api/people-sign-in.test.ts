import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { hash } from '@node-rs/argon2';
import { Problem } from '../../src/lib/problem.ts';
import type { People } from '../../src/modules/people/index.ts';
import { institutionId, startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { createStillClock } from '../support/still-clock.ts';
import {
  codeOf,
  countingHasher,
  linkFor,
  makeAccount,
  makePerson,
  password,
  peopleOf,
  trailOf,
} from './people-data.ts';

const address = '192.0.2.7';

forEachEngine((engine) => {
  let bank: TestApp;
  let people: People;
  before(async () => {
    bank = await startTestApp(engine);
    people = peopleOf(bank);
  });
  after(() => bank.close());

  const guess = (loginName: string, typed = 'not the password') =>
    people.verifyPassword({ loginName, password: typed, address });
  const codeNow = (secret: string) => codeOf(secret, bank.clock.now());

  test('the whole way: link, password, second factor, sign-in; the trail has each step and no name', async () => {
    const { id, loginName } = await makeAccount(bank, { roles: ['administrator'] });
    const token = await linkFor(bank, id);
    assert.equal((await people.findSignInLink(token))?.person.id, id);
    const redeemed = await people.redeemSignInLink({ token, password, address });
    assert.ok(redeemed.outcome === 'accepted');
    assert.equal(redeemed.next, 'enrolment');
    const enrolment = await people.beginEnrolment(id);
    assert.match(enrolment.uri, /^otpauth:\/\/totp\/Rollcall:.*secret=[A-Z2-7]{32}/);
    const wrong = await people.confirmEnrolment({ personId: id, sealed: enrolment.sealed, code: '000000' });
    assert.ok(wrong.outcome === 'wrongCode');
    assert.equal(wrong.enrolment.secret, enrolment.secret, 'the same secret is shown again');
    assert.equal((await people.findPerson(id))?.hasSecondFactor, false, 'it does not count without a code');
    const code = codeNow(enrolment.secret);
    const enrolled = await people.confirmEnrolment({ personId: id, sealed: wrong.enrolment.sealed, code, address });
    assert.ok(enrolled.outcome === 'enrolled');
    assert.equal(new Set(enrolled.recoveryCodes).size, 10);

    bank.clock.advance(60_000);
    const accepted = await people.verifyPassword({ loginName: loginName.toUpperCase(), password, address });
    assert.ok(accepted.outcome === 'accepted');
    assert.deepEqual([accepted.person.id, accepted.next], [id, 'secondFactor']);
    const done = await people.verifySecondFactor({ personId: id, code: codeNow(enrolment.secret), address });
    assert.ok(done.outcome === 'accepted');
    assert.deepEqual([done.factor, done.recoveryCodeCount], ['totp', 10]);
    assert.ok((await people.findPerson(id))?.lastSignInAt !== undefined);

    const trail = await trailOf(bank, id);
    assert.deepEqual(
      trail.map(({ operation, outcome }) => `${operation} ${outcome}`),
      [
        'createUserAccount done',
        'createSignInLink done',
        'redeemSignInLink done',
        'enrolSecondFactor done',
        'signIn done',
        'signIn done',
      ],
    );
    assert.ok(trail.slice(2).every((entry) => entry.principal_id === id && entry.address === address));
    const text = JSON.stringify([trail, bank.log]);
    for (const secret of [loginName, password, token, enrolment.secret.replaceAll(' ', ''), code]) {
      assert.ok(!text.includes(secret), 'nothing secret or personal is kept in clear');
    }
  });

  test('unknown name, wrong password, no password yet and a disabled account are one answer', async () => {
    const known = await makePerson(bank, people);
    const fresh = await makeAccount(bank);
    const disabled = await makePerson(bank, people);
    const url = `/service/disabledUserAccounts?userAccount=${disabled.id}`;
    assert.equal((await bank.send({ method: 'POST', url })).statusCode, 200);
    const answers = [
      await guess('nobody@bank.example'),
      await guess('no\u0000body'),
      await guess(known.loginName),
      await guess(known.loginName, 'not\u0000it'),
      await guess(fresh.loginName, ''),
      await guess(disabled.loginName, password),
      await guess(known.loginName, 'x'.repeat(100_000)),
      await guess('x'.repeat(100_000)),
    ];
    for (const answer of answers) assert.deepEqual(answer, { outcome: 'refused' });
    const reasons = (await trailOf(bank, disabled.id))
      .map(({ detail }) => detail)
      .filter((detail) => 'reason' in Object(detail));
    assert.deepEqual(reasons, [{ reason: 'disabled' }]);
  });

  test('a name that nobody has costs one verification too, and no refusal comes before its beat', async () => {
    const { hasher, counted } = countingHasher();
    const timed = peopleOf(bank, { hasher, refusalQuantumMs: 400 });
    const known = await makePerson(bank, people);
    for (const loginName of [known.loginName, 'nobody-2@bank.example']) {
      const verified = counted.verified;
      const startedAt = performance.now();
      await timed.verifyPassword({ loginName, password: 'wrong' });
      const elapsedMs = performance.now() - startedAt;
      assert.equal(counted.verified, verified + 1);
      // Not how late: the machine may be busy. A timer of Node may ring a millisecond early.
      assert.ok(elapsedMs >= 399, String(elapsedMs));
    }
  });

  test('from the fifth failure a wait that doubles up to 15 minutes, also for names that nobody has', async () => {
    const known = await makePerson(bank, people);
    // Trying takes time itself, and the first waits are short.
    const clock = createStillClock(bank.clock.now());
    const waiting = peopleOf(bank, { clock });
    const attempt = (loginName: string, typed: string) =>
      waiting.verifyPassword({ loginName, password: typed, address });
    for (const loginName of [known.loginName, 'nobody-3@bank.example']) {
      const waits: number[] = [];
      for (let failure = 1; failure <= 17; failure += 1) {
        const answer = await attempt(loginName, 'not the password');
        assert.ok(answer.outcome === 'refused');
        const wait = answer.retryAfterSeconds ?? 0;
        waits.push(wait);
        if (wait > 0) {
          const early = await attempt(loginName, password);
          assert.ok(early.outcome === 'refused', 'the right password is not looked at meanwhile');
          assert.equal(early.retryAfterSeconds, wait);
        }
        clock.advance(wait * 1_000);
      }
      assert.deepEqual(waits, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
    }
    assert.equal((await attempt(known.loginName, password)).outcome, 'accepted', 'never for good');
    const detail = (await trailOf(bank, known.id)).at(-1)?.detail;
    assert.deepEqual(detail, { reason: 'password', waitSeconds: 900, refusedDuringWait: 1 });
  });

  test('a success begins the count anew; the password alone does not', async () => {
    const known = await makePerson(bank, people);
    for (let failure = 0; failure < 4; failure += 1) await guess(known.loginName);
    assert.equal((await guess(known.loginName, password)).outcome, 'accepted');
    const failed = await people.verifySecondFactor({ personId: known.id, code: '000000', address });
    assert.deepEqual(failed, { outcome: 'refused', retryAfterSeconds: 1 }, 'the fifth failure, of whatever kind');
    bank.clock.advance(1_000);
    assert.equal((await guess(known.loginName, password)).outcome, 'accepted');
    const done = await people.verifySecondFactor({ personId: known.id, code: codeNow(known.secret), address });
    assert.equal(done.outcome, 'accepted');
    for (let failure = 0; failure < 4; failure += 1) {
      assert.deepEqual(await guess(known.loginName), { outcome: 'refused' });
    }
  });

  test('of many guesses at once only five are looked at', async () => {
    const { hasher, counted } = countingHasher();
    // The wait after the fifth is one second.
    const racing = peopleOf(bank, { hasher, clock: createStillClock(bank.clock.now()) });
    const known = await makePerson(bank, people);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        racing.verifyPassword({ loginName: known.loginName, password: `wrong ${index}` }),
      ),
    );
    assert.ok(answers.every(({ outcome }) => outcome === 'refused'));
    assert.equal(counted.verified, 5);
  });

  test('too many at once: 503, and it does not count against the account', async () => {
    const { hasher } = countingHasher({ runsMax: 1, waitingMax: 0 });
    const busy = peopleOf(bank, { hasher });
    const known = await makePerson(bank, people);
    const others = Array.from({ length: 8 }, (_, index) => `other-${index}@bank.example`);
    const answers = await Promise.allSettled(
      [...others, known.loginName].map((loginName) => busy.verifyPassword({ loginName, password: 'wrong' })),
    );
    const reasons = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
    assert.ok(reasons.length > 0);
    for (const reason of reasons)
      assert.deepEqual([reason.type, reason.headers['Retry-After']], ['serviceUnavailable', '2']);
    const rows = await bank.database.asOperator((tx) =>
      tx.db.selectFrom('sign_in_attempt').select('failed_count').where('failed_count', '=', 0).execute(),
    );
    assert.ok(rows.length >= reasons.length, 'what was not looked at was given back');
  });

  test('a code works once, also when it comes twice at once; steps beside it work, others not', async () => {
    const known = await makePerson(bank, people);
    const verify = (code: string) => people.verifySecondFactor({ personId: known.id, code });
    const code = codeNow(known.secret);
    const twice = await Promise.all([verify(code), verify(code)]);
    assert.deepEqual(twice.map(({ outcome }) => outcome).sort(), ['accepted', 'refused']);
    assert.equal((await verify(code)).outcome, 'refused');
    const next = codeOf(known.secret, new Date(bank.clock.now().getTime() + 30_000));
    assert.equal((await verify(`${next.slice(0, 3)} ${next.slice(3)}`)).outcome, 'accepted', 'one step ahead');
    assert.equal((await verify(code)).outcome, 'refused', 'a step before one that was used');
    bank.clock.advance(3_600_000);
    const old = codeOf(known.secret, new Date(bank.clock.now().getTime() - 60_000));
    assert.equal((await verify(old)).outcome, 'refused', 'two steps ago');
  });

  test('a recovery code works once, also twice at once; a new set ends the old one', async () => {
    const known = await makePerson(bank, people);
    const verify = (code = '') => people.verifySecondFactor({ personId: known.id, code });
    const [first = '', second] = known.recoveryCodes;
    const twice = await Promise.all([verify(first.toLowerCase().replaceAll('-', ' ')), verify(first)]);
    assert.deepEqual(twice.map(({ outcome }) => outcome).sort(), ['accepted', 'refused']);
    const accepted = twice.find((answer) => answer.outcome === 'accepted');
    assert.deepEqual(accepted?.outcome === 'accepted' && [accepted.factor, accepted.recoveryCodeCount], [
      'recoveryCode',
      9,
    ]);
    const renewed = await people.renewRecoveryCodes({ personId: known.id });
    assert.equal((await verify(second)).outcome, 'refused');
    assert.equal((await verify(renewed[0])).outcome, 'accepted');
  });

  test('a link works once, also twice at once, for 15 minutes, and only the newest', async () => {
    const { id } = await makeAccount(bank);
    const older = await linkFor(bank, id);
    const token = await linkFor(bank, id);
    const redeem = (of: string, chosen = password) => people.redeemSignInLink({ token: of, password: chosen });
    assert.deepEqual(await redeem(older), { outcome: 'unusable' });
    assert.deepEqual(await redeem(token, 'short'), { outcome: 'refused', reason: 'tooShort' });
    const twice = await Promise.all([redeem(token), redeem(token)]);
    assert.deepEqual(twice.map(({ outcome }) => outcome).sort(), ['accepted', 'unusable']);
    assert.equal(await people.findSignInLink(token), undefined);
    const late = await linkFor(bank, id);
    bank.clock.advance(15 * 60_000);
    assert.deepEqual(await redeem(late), { outcome: 'unusable' });
    assert.deepEqual(await redeem('no link'), { outcome: 'unusable' });
  });

  test('a link gets somebody in whom the guesses of others keep waiting; the second factor is still asked for', async () => {
    const known = await makePerson(bank, people);
    for (let failure = 0; failure < 6; failure += 1) await guess(known.loginName);
    const redeemed = await people.redeemSignInLink({ token: await linkFor(bank, known.id), password });
    assert.equal(redeemed.outcome === 'accepted' && redeemed.next, 'secondFactor');
    assert.equal((await guess(known.loginName, password)).outcome, 'accepted');
  });

  test('enrolment: of nobody else, not too late, not over one that is there', async () => {
    const { id } = await makeAccount(bank);
    // Without a second factor, so that nothing else is in the way.
    const other = await makeAccount(bank);
    const { secret, sealed } = await people.beginEnrolment(id);
    const confirm = (personId: string) => people.confirmEnrolment({ personId, sealed, code: codeNow(secret) });
    assert.equal((await confirm(other.id)).outcome, 'expired');
    const both = await Promise.all([confirm(id), confirm(id)]);
    assert.deepEqual(both.map(({ outcome }) => outcome).sort(), ['enrolled', 'expired']);
    const third = await makeAccount(bank);
    const offer = await people.beginEnrolment(third.id);
    bank.clock.advance(15 * 60_000);
    const late = { personId: third.id, sealed: offer.sealed, code: codeNow(offer.secret) };
    assert.equal((await people.confirmEnrolment(late)).outcome, 'expired');
  });

  test('without the setting only some roles need a second factor', async () => {
    const settings = (value: boolean) =>
      bank.database.asOperator((tx) =>
        tx.db
          .updateTable('institution')
          .set({ settings: JSON.stringify({ defaultCountry: 'US', secondFactorRequired: value }) })
          .where('id', '=', institutionId)
          .execute(),
      );
    await settings(false);
    const next: Record<string, unknown> = {};
    for (const role of ['viewer', 'analyst', 'exporter', 'administrator', 'approver', 'auditor'] as const) {
      const { id, loginName } = await makeAccount(bank, { roles: [role] });
      await people.redeemSignInLink({ token: await linkFor(bank, id), password });
      const answer = await guess(loginName, password);
      next[role] = answer.outcome === 'accepted' ? answer.next : answer;
    }
    await settings(true);
    const enrolment = 'enrolment';
    assert.deepEqual(next, {
      viewer: 'done',
      analyst: 'done',
      exporter: enrolment,
      approver: enrolment,
      administrator: enrolment,
      auditor: enrolment,
    });
  });

  test('a hash of weaker parameters is made anew when the password is right', async () => {
    const known = await makePerson(bank, people);
    const weak = await hash(password, { memoryCost: 8_192, timeCost: 1, parallelism: 1 });
    const stored = bank.database.asOperator;
    await stored((tx) =>
      tx.db.updateTable('user_account').set({ password_hash: weak }).where('id', '=', known.id).execute(),
    );
    assert.equal((await guess(known.loginName)).outcome, 'refused');
    assert.equal((await guess(known.loginName, password)).outcome, 'accepted');
    const row = await stored((tx) =>
      tx.db.selectFrom('user_account').select('password_hash').where('id', '=', known.id).executeTakeFirstOrThrow(),
    );
    assert.match(row.password_hash ?? '', /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    assert.equal((await guess(known.loginName, password)).outcome, 'accepted');
  });

  test('a right password that nobody has room to hash anew is no failed try', async () => {
    const known = await makePerson(bank, people);
    const { hasher } = countingHasher();
    const full = { ...hasher, isWeak: () => true, hash: () => Promise.reject(new Problem('serviceUnavailable')) };
    const busy = peopleOf(bank, { hasher: full });
    for (let tries = 0; tries < 6; tries += 1) {
      const asked = busy.verifyPassword({ loginName: known.loginName, password });
      await assert.rejects(asked, { type: 'serviceUnavailable' });
    }
    assert.equal((await guess(known.loginName, password)).outcome, 'accepted');
  });

  test('a password that is changed is the one that counts; what was issued before is refused', async () => {
    const known = await makePerson(bank, people);
    const before = (await people.findPerson(known.id))?.tokensValidAfter ?? new Date();
    bank.clock.advance(5_000);
    const refused = await people.setPassword({ personId: known.id, password: `${known.loginName} 12345` });
    assert.deepEqual(refused, { outcome: 'refused', reason: 'containsName' });
    const chosen = 'another winter in Oslo';
    const asked = bank.clock.now();
    const { outcome } = await people.setPassword({ personId: known.id, password: chosen, address });
    assert.equal(outcome, 'changed');
    assert.equal((await guess(known.loginName, password)).outcome, 'refused');
    assert.equal((await guess(known.loginName, chosen.normalize('NFD'))).outcome, 'accepted');
    const changed = await people.findPerson(known.id);
    assert.ok(changed !== undefined && changed.tokensValidAfter > before);
    assert.ok(changed.tokensValidAfter >= asked, 'what was issued earlier in the same second as well');
    bank.clock.advance(5_000);
    await people.endSessions({ personId: known.id, address });
    assert.ok(((await people.findPerson(known.id))?.tokensValidAfter ?? before) > changed.tokensValidAfter);
    await assert.rejects(people.endSessions({ personId: 'nobody0000' }), { type: 'notFound' });
  });
});
