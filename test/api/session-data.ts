import { readConfig } from '../../src/config.ts';
import { createBaseUrl } from '../../src/http/base-url.ts';
import { csrfTokenOf } from '../../src/modules/sign-in/form-protection.ts';
import { createPortal } from '../../src/modules/sign-in/session-routes.ts';
import { institutionId, type TestApp } from '../support/app.ts';
import type { TestTokenOrder } from '../support/test-principals.ts';

const hourMs = 60 * 60_000;

/** A session of the portal, as a page of ours uses it. */
export interface TestSession {
  readonly personId: string;
  /** The access token that the server keeps for it. */
  readonly token: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface SessionMaker {
  /** Of a new person, without the pages of a sign-in: those cost a password hash each. */
  begin(order: Omit<TestTokenOrder, 'kind' | 'institutionIds'>): Promise<TestSession>;
}

/** Sessions in the tables of the bank, for requests of this very machine. */
export function createSessions(bank: TestApp): SessionMaker {
  const baseUrl = createBaseUrl(readConfig({}));
  const { sessions } = createPortal({ ...bank, baseUrl, externalIssuer: undefined });
  return {
    async begin(order) {
      const { token, principalId: personId } = await bank.createPrincipal({ ...order, kind: 'person' });
      const tokens = {
        accessToken: token,
        accessExpiresAt: new Date(bank.clock.now().getTime() + hourMs),
        refreshToken: undefined,
        idToken: undefined,
      };
      const { signedInAt, institutionId: home = institutionId } = order;
      const at = typeof signedInAt === 'number' ? new Date(signedInAt * 1_000) : undefined;
      const secret = await sessions.begin(tokens, { personId, institutionId: home, signedInAt: at });
      const headers = {
        cookie: `rollcall=${secret}`,
        'x-csrf-token': csrfTokenOf(secret),
        'sec-fetch-site': 'same-origin',
      };
      return { personId, token, headers };
    },
  };
}
