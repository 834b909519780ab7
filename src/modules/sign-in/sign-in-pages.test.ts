import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linkPage, passwordPage } from './sign-in-pages.ts';

test('password fields mask what is typed, and password managers know what they are for', () => {
  const form = { csrf: 'token' };
  const signIn = passwordPage({ ...form, application: undefined, loginName: '' }).content.markup;
  assert.deepEqual(passwordFieldsOf(signIn), ['current-password']);
  const choose = linkPage({ ...form, name: 'Ann', loginName: 'ann@bank.example' }).content.markup;
  assert.deepEqual(passwordFieldsOf(choose), ['new-password', 'new-password']);
  for (const markup of [signIn, choose]) {
    assert.equal(markup.match(/name="(?:password|repeated)"/g)?.length, passwordFieldsOf(markup).length);
    assert.match(markup, /autocomplete="username"/);
    // Nothing listens to what is pasted or typed.
    assert.doesNotMatch(markup, /<script|\son[a-z]+=|autocomplete="off"/);
  }
});

/** What each masked field says of itself. */
function passwordFieldsOf(markup: string): readonly (string | undefined)[] {
  const fields = markup.match(/<input[^>]*type="password"[^>]*>/g) ?? [];
  return fields.map((field) => /autocomplete="([^"]*)"/.exec(field)?.[1]);
}
