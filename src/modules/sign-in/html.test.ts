import assert from 'node:assert/strict';
import { test } from 'node:test';
import { html, trustedHtml } from './html.ts';

test('values are escaped, in text and in attributes', () => {
  const hostile = `"><script>alert('1')</script>&`;
  assert.equal(
    html`<p title="${hostile}">${hostile}</p>`.markup,
    '<p title="&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;">' +
      '&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;</p>',
  );
});

test('markup stays markup, lists are joined, undefined is nothing', () => {
  const items = ['a', '<b>'].map((text) => html`<li>${text}</li>`);
  assert.equal(html`<ul>${items}</ul>${undefined}${3}`.markup, '<ul><li>a</li><li>&lt;b&gt;</li></ul>3');
  assert.equal(html`${trustedHtml('<svg/>')}`.markup, '<svg/>');
});
