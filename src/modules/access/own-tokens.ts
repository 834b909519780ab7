import { createLocalJWKSet, type JSONWebKeySet, type LocalJWKSet } from 'jose';
import type { Clock } from '../../lib/clock.ts';
import { identifierOf, scopesOf, signInOf, type TokenVerifier, timesOf } from './access-token.ts';
import { verifyToken } from './token-verification.ts';

export interface OwnTokensDeps {
  readonly clock: Clock;
  /** Of the embedded issuer and of the operator; asked each time, because the address is known only after listening. */
  issuers(): readonly string[];
  readonly audience: string;
  /** The keys that sign for both. */
  publicKeys(): Promise<JSONWebKeySet>;
}

/** Tokens that this installation has signed itself. Who their subject is and may do, the database says. */
export function createOwnTokenVerifier(deps: OwnTokensDeps): TokenVerifier {
  const keySet = createKeySet(deps);
  return {
    async verify(token) {
      const now = deps.clock.now();
      const payload = await verifyToken(token, {
        key: async (header, jws) => await (await keySet())(header, jws),
        algorithms: ['EdDSA'],
        issuers: deps.issuers(),
        audience: deps.audience,
        type: 'at+jwt',
        now,
      });
      return {
        ...timesOf(payload, now),
        subject: identifierOf(payload, 'sub'),
        clientId: identifierOf(payload, 'client_id'),
        scopes: scopesOf(payload.scope),
        signIn: signInOf(payload),
      };
    },
  };
}

/** The same set object while the keys are the same: it holds them imported. */
function createKeySet(deps: Pick<OwnTokensDeps, 'publicKeys'>): () => Promise<LocalJWKSet> {
  let known: { readonly ids: string; readonly set: LocalJWKSet } | undefined;
  return async () => {
    const keys = await deps.publicKeys();
    const ids = JSON.stringify(keys.keys.map(({ kid, x }) => [kid, x]));
    if (known?.ids !== ids) known = { ids, set: createLocalJWKSet(keys) };
    return known.set;
  };
}
