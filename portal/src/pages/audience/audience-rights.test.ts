import assert from 'node:assert/strict';
import { test } from 'node:test';
import { audienceRights } from './audience-rights.ts';

const asked = {
  audience: { createdBy: 'ann', state: 'active' },
  collaborators: [
    { principalId: 'bob', access: 'edit' },
    { principalId: 'cem', access: 'view' },
  ],
  personId: 'ann',
  isAdministrator: false,
  mayEditAudiences: true,
  mayApproveAudiences: false,
} as const;

test('the owner may do all but approve', () => {
  const rights = audienceRights(asked);
  assert.deepEqual(rights, { mayEdit: true, mayCopy: true, mayOwn: true, mayApprove: false });
});

test('whom it is shared with to edit edits, and does not own', () => {
  const { mayEdit, mayOwn } = audienceRights({ ...asked, personId: 'bob' });
  assert.deepEqual([mayEdit, mayOwn], [true, false]);
  assert.equal(audienceRights({ ...asked, personId: 'cem' }).mayEdit, false);
});

test('an administrator owns every audience', () => {
  assert.equal(audienceRights({ ...asked, personId: 'dee', isAdministrator: true }).mayOwn, true);
});

test('a viewer changes nothing, whatever is shared', () => {
  const { mayEdit, mayCopy } = audienceRights({ ...asked, personId: 'bob', mayEditAudiences: false });
  assert.deepEqual([mayEdit, mayCopy], [false, false]);
});

test('nobody approves what they wrote', () => {
  const approval = { filterTypes: ['customerAge'], requestedAt: '', requestedBy: ['ann'] };
  const audience = { createdBy: 'ann', state: 'pendingApproval', approval } as const;
  const pending = { ...asked, audience, mayApproveAudiences: true };
  assert.equal(audienceRights(pending).mayApprove, false);
  assert.equal(audienceRights({ ...pending, personId: 'eve' }).mayApprove, true);
});
