import type { ErrorOut, KoaContextWithOIDC } from 'oidc-provider';
import { escapeHtml } from '../../lib/escape-html.ts';

/**
 * For the issuer's pages and answers. `script-src` is empty: the library adds the digest of its one line that sends a
 * form on, and whoever runs no scripts finds a button there. `form-action` is widened for one page at a time.
 */
export const issuerPagePolicy =
  "default-src 'none';script-src;style-src 'self';base-uri 'none';form-action 'self';frame-ancestors 'none'";

/** Chromium holds each redirect that follows a form to `form-action`: the client's origin is one of them. */
export function allowFormTarget(policy: string, origin: string | undefined): string {
  return origin === undefined ? policy : policy.replace("form-action 'self'", `form-action 'self' ${origin}`);
}

/** @returns undefined for what is no web address */
export function originOf(uri: unknown): string | undefined {
  const url = typeof uri === 'string' ? URL.parse(uri) : null;
  return url !== null && /^https?:$/.test(url.protocol) ? url.origin : undefined;
}

export interface IssuerPages {
  /** An error of RFC 6749 for people; as JSON for who asks for that. Never a stack or a cause. */
  error(ctx: KoaContextWithOIDC, out: ErrorOut): void;
  signOut(ctx: KoaContextWithOIDC, form: string): void;
  signedOut(ctx: KoaContextWithOIDC): void;
}

/** @param options.root what stands before every path of ours, without a slash at its end */
export function createIssuerPages(options: { root: string }): IssuerPages {
  const page = (title: string, content: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Rollcall</title>
<link rel="stylesheet" href="${escapeHtml(options.root)}/errors/problem.css">
</head>
<body>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`;
  return {
    error(ctx, out) {
      if (ctx.accepts('html', 'json') === 'json') {
        ctx.body = out;
        return;
      }
      ctx.type = 'html';
      const text = out.error_description ?? '';
      ctx.body = page(
        'Sign-in did not work',
        `<p>The application that sent you here asked for something that is not allowed, or too much time has passed.
Go back to it and try again.</p>
<p><code>${escapeHtml(out.error)}</code> ${escapeHtml(text)}</p>`,
      );
    },
    signOut(ctx, form) {
      ctx.type = 'html';
      ctx.body = page(
        'Sign out?',
        `<p>This ends your session here and in the applications that you signed in to from it.</p>
${form}
<p><button type="submit" form="op.logoutForm" name="logout" value="yes">Sign out</button>
<button type="submit" form="op.logoutForm">Stay signed in</button></p>`,
      );
    },
    signedOut(ctx) {
      ctx.type = 'html';
      ctx.body = page('Signed out', '<p>You can close this page.</p>');
    },
  };
}
