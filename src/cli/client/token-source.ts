import { Type } from 'typebox';
import { Check } from 'typebox/value';
import { CliError } from '../cli-error.ts';
import type { ClientSettings } from './client-settings.ts';
import { retryAfterMs, withRetries } from './retry.ts';

/** A token that ends sooner than this is renewed before it is sent: a request takes its time. */
const renewBeforeMs = 30_000;

const tokenSchema = Type.Object({
  access_token: Type.String({ minLength: 1, maxLength: 8_192 }),
  expires_in: Type.Optional(Type.Number({ minimum: 0, maximum: 31_536_000 })),
});

const errorSchema = Type.Object({ error: Type.String({ pattern: '^[\\x20-\\x7e]{1,64}$' }) });

/** Where the access token of each request comes from. */
export interface TokenSource {
  current(): Promise<string>;
  /**
   * A token was refused: the next `current` is another one.
   *
   * @returns false when there is no other
   */
  renew(): boolean;
}

/** The token given; or tokens by client credentials (RFC 6749 section 4.4), which are renewed before they end. */
export function createTokenSource(settings: Pick<ClientSettings, 'server' | 'credentials'>): TokenSource {
  const { credentials, server } = settings;
  if ('token' in credentials) return { current: async () => credentials.token, renew: () => false };
  let held: { readonly token: string; readonly until: number } | undefined;
  return {
    async current() {
      if (held === undefined || held.until - renewBeforeMs <= performance.now()) {
        held = await fetchToken(server, credentials);
      }
      return held.token;
    },
    renew() {
      held = undefined;
      return true;
    },
  };
}

async function fetchToken(
  server: string,
  { clientId, clientSecret }: { clientId: string; clientSecret: string },
): Promise<{ token: string; until: number }> {
  return await withRetries(async () => {
    const asked = performance.now();
    const answer = await fetch(`${server}/oidc/token`, {
      method: 'POST',
      redirect: 'manual',
      headers: { accept: 'application/json', authorization: basic(clientId, clientSecret) },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    }).catch((cause: unknown) => {
      throw new CliError(`no token endpoint answers at ${server}/oidc/token`, { cause });
    });
    const body = parsed(await answer.text());
    if (answer.ok && Check(tokenSchema, body)) {
      return { done: { token: body.access_token, until: asked + (body.expires_in ?? 0) * 1_000 } };
    }
    const failure = refusal(answer.status, body);
    if (![429, 503].includes(answer.status)) throw failure;
    return { again: { afterMs: retryAfterMs(answer.headers.get('retry-after'), new Date()), failure } };
  });
}

/** RFC 6749 section 2.3.1: both parts are form-encoded first. */
function basic(clientId: string, clientSecret: string): string {
  const encoded = (text: string) => new URLSearchParams({ text }).toString().slice('text='.length);
  return `Basic ${Buffer.from(`${encoded(clientId)}:${encoded(clientSecret)}`).toString('base64')}`;
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

function refusal(status: number, body: unknown): CliError {
  const error = Check(errorSchema, body) ? body.error : undefined;
  if (error === 'invalid_client')
    return new CliError('the server does not know this client id with this client secret');
  return new CliError(`the token endpoint answered ${status}${error === undefined ? '' : ` (${error})`}`);
}
