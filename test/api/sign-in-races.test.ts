import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSignInProgresses, type SignInProgress } from '../../src/modules/sign-in/sign-in-progress.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { makePerson, peopleOf } from './people-data.ts';

async function startBank(bank: TestApp) {
  const people = peopleOf(bank);
  const { id: personId } = await makePerson(bank, people);
  const institutionId = (await people.findPerson(personId))?.institutionId ?? '';
  const progresses = createSignInProgresses(bank);
  const begin = (): SignInProgress => ({
    personId,
    institutionId,
    interactionUid: 'an-interaction',
    step: 'secondFactor',
    amr: ['pwd'],
    begunAt: bank.clock.now(),
  });
  const endSessions = async () => {
    bank.clock.advance(5_000);
    await people.endSessions({ personId });
    bank.clock.advance(5_000);
  };
  return { progresses, begin, endSessions };
}

forEachEngine((engine) => {
  test('a password that was looked at while its owner signed out everywhere opens nothing', async () => {
    await using bank = await startTestApp(engine);
    const { progresses, begin, endSessions } = await startBank(bank);
    const begun = begin();
    await endSessions();
    const secret = await progresses.advance({ ...begun, step: 'complete' }, {});
    assert.ok(secret !== undefined);
    assert.equal(await progresses.find(secret), undefined);
    assert.equal(await progresses.end(secret), false, 'no sign-in is finished by it');
  });

  test('a step that was under way at that moment leads nowhere; one that began afterwards does', async () => {
    await using bank = await startTestApp(engine);
    const { progresses, begin, endSessions } = await startBank(bank);
    const secret = await progresses.advance(begin(), {});
    assert.ok(secret !== undefined);
    const found = await progresses.find(secret);
    assert.ok(found !== undefined);
    await endSessions();
    assert.equal(await progresses.advance({ ...found, step: 'complete' }, { replaces: secret }), undefined);

    const next = await progresses.advance(begin(), {});
    assert.ok(next !== undefined);
    bank.clock.advance(1_000);
    const last = await progresses.advance({ ...begin(), step: 'complete' }, { replaces: next });
    assert.ok(last !== undefined);
    assert.equal(await progresses.end(last), true);
    assert.equal(await progresses.end(last), false, 'once');
  });
});
