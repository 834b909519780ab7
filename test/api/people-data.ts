import assert from 'node:assert/strict';
import { Secret, TOTP } from 'otpauth';
import type { Role } from '../../src/modules/access/index.ts';
import { createPasswordHasher, createPeople, type People, type PeopleDeps } from '../../src/modules/people/index.ts';
import type { TestApp } from '../support/app.ts';

export const password = 'a mild winter in Bergen';

/** People over the test bank's own parts; refusals do not wait. */
export function peopleOf(bank: TestApp, changes: Partial<PeopleDeps> = {}): People {
  return createPeople({ ...bank, refusalQuantumMs: 0, ...changes });
}

let made = 0;

/** An account as an administrator makes it, without a password. */
export async function makeAccount(
  bank: TestApp,
  account: { roles?: readonly Role[]; loginName?: string; token?: string } = {},
): Promise<{ id: string; loginName: string }> {
  made += 1;
  const loginName = account.loginName ?? `person-${made}@bank.example`;
  const answer = await bank.send({
    method: 'POST',
    url: '/service/userAccounts',
    json: { loginName, name: `Person ${made}`, roles: account.roles ?? ['viewer'] },
    ...(account.token === undefined ? {} : { token: account.token }),
  });
  assert.equal(answer.statusCode, 201, answer.body);
  return { id: answer.json().id, loginName };
}

export async function linkFor(bank: TestApp, id: string): Promise<string> {
  const answer = await bank.send({ method: 'POST', url: `/service/userAccounts/${id}/signInLinks` });
  assert.equal(answer.statusCode, 201, answer.body);
  const address: string = answer.json().link_url;
  return address.slice(address.lastIndexOf('/') + 1);
}

export function codeOf(secret: string, at: Date): string {
  return new TOTP({ secret: Secret.fromBase32(secret.replaceAll(' ', '')) }).generate({ timestamp: at.getTime() });
}

/** How far `makePerson` moves the clock. */
export const makePersonAdvanceMs = 60_000;

/** Somebody who has chosen a password by a link, and set a second factor up. */
export async function makePerson(bank: TestApp, people: People, account: Parameters<typeof makeAccount>[1] = {}) {
  const { id, loginName } = await makeAccount(bank, account);
  const redeemed = await people.redeemSignInLink({ token: await linkFor(bank, id), password });
  assert.equal(redeemed.outcome, 'accepted');
  const { secret, sealed } = await people.beginEnrolment(id);
  const enrolled = await people.confirmEnrolment({ personId: id, sealed, code: codeOf(secret, bank.clock.now()) });
  assert.ok(enrolled.outcome === 'enrolled', enrolled.outcome);
  // The code of this step is used.
  bank.clock.advance(makePersonAdvanceMs);
  return { id, loginName, secret, recoveryCodes: enrolled.recoveryCodes };
}

/** What the trail says of somebody, oldest first. */
export async function trailOf(bank: TestApp, personId: string) {
  return await bank.database.asOperator((tx) =>
    tx.db
      .selectFrom('audit_entry')
      .select(['operation', 'outcome', 'principal_id', 'detail', 'address'])
      .where('resource', '=', personId)
      .orderBy('sequence')
      .execute(),
  );
}

/** A hasher that counts, and can be held. */
export function countingHasher(options: Parameters<typeof createPasswordHasher>[0] = {}) {
  const hasher = createPasswordHasher(options);
  const counted = { verified: 0 };
  return {
    counted,
    hasher: {
      ...hasher,
      async verify(stored: string | undefined, typed: string) {
        counted.verified += 1;
        return await hasher.verify(stored, typed);
      },
    },
  };
}
