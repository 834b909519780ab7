import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import {
  createApplication,
  findClient,
  type NewApplication,
  verifySecret,
} from '../../src/modules/applications/index.ts';
import { institutionId, type TestApp } from '../support/app.ts';

export const applications = '/service/applications';
export const machine = { name: 'Machine', authenticationType: 'clientCredentials', scopes: ['bankingAdmin/read'] };
export const portal = {
  name: 'Portal',
  authenticationType: 'authorizationCode',
  scopes: ['bankingAdmin/read'],
  redirectUris: ['https://portal.example/callback'],
};

interface RequestParts {
  readonly token?: string;
  readonly headers?: Record<string, string>;
}

/** A strong public key as a caller would send it. */
export function rsaKey() {
  return generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
}

export const url = (id: string, below = '') => `${applications}/${id}${below}`;

/** Requests about applications of a bank, and what is behind them. */
export function applicationCalls(bank: () => TestApp) {
  const get = (address: string, token = bank().tokens.own) => bank().send({ method: 'GET', url: address, token });
  const post = (address: string, json?: unknown, more: RequestParts = {}) =>
    bank().send({ method: 'POST', url: address, ...(json === undefined ? {} : { json }), ...more });
  const tagOf = async (id: string) => String((await get(url(id))).headers.etag);
  const clientOf = async (id: string) => {
    const client = await bank().database.inAuthentication((tx) => findClient(tx, id));
    assert.ok(client !== undefined);
    return client;
  };
  return {
    get,
    post,
    tagOf,
    clientOf,
    patch: async (id: string, json: unknown, more: RequestParts = {}) =>
      bank().send({
        method: 'PATCH',
        url: url(id),
        json,
        ...more,
        headers: { 'if-match': await tagOf(id), ...more.headers },
      }),
    remove: (address: string, token = bank().tokens.own, headers: Record<string, string> = {}) =>
      bank().send({ method: 'DELETE', url: address, token, headers }),
    async make(body: Record<string, unknown> = {}): Promise<string> {
      const answer = await post(applications, { ...machine, ...body });
      assert.equal(answer.statusCode, 201, answer.body);
      return answer.json().id;
    },
    /** As the operator makes it, for several institutions too. */
    seed: (application: Partial<NewApplication> = {}) =>
      bank().database.asOperator((tx) =>
        createApplication(
          tx,
          {
            institutionId,
            name: 'Seeded',
            authenticationType: 'clientCredentials',
            scopes: ['bankingAdmin/read'],
            at: bank().clock.now(),
            by: 'operator',
            ...application,
          },
          { apiKey: true },
        ),
      ),
    /** Whether the token endpoint would take the secret. */
    holds: async (id: string, secret: string) => verifySecret(await clientOf(id), secret, bank().clock.now()),
    auditOf: (resource: string) =>
      bank().database.asOperator((tx) =>
        tx.db
          .selectFrom('audit_entry')
          .select(['institution_id', 'operation', 'outcome', 'detail'])
          .where('resource', '=', resource)
          .orderBy('institution_id')
          .orderBy('sequence')
          .execute(),
      ),
  };
}
