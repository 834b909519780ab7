import type { FastifyInstance } from 'fastify';
import type { Keyring } from '../../crypto/keyring.ts';
import type { Database } from '../../db/transaction.ts';
import type { Clock } from '../../lib/clock.ts';
import { scopes } from '../access/index.ts';
import { issuerPath, portalClientId } from '../issuer/index.ts';
import { createInProcessFetch } from './in-process-fetch.ts';
import { createPortalClient, type PortalClient, type PortalIssuer } from './portal-client.ts';
import { createPortalSessions, type PortalSessions } from './portal-sessions.ts';
import { createTokenSealer, type TokenSealer } from './token-sealer.ts';

export interface PortalDeps {
  readonly app: Pick<FastifyInstance, 'inject'>;
  readonly database: Database;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly baseUrl: () => string;
  /** Undefined = the embedded one. */
  readonly externalIssuer: PortalIssuer | undefined;
}

export interface Portal {
  readonly client: PortalClient;
  readonly sealer: TokenSealer;
  readonly sessions: PortalSessions;
}

/** The portal's side of signing in: a client of the issuer, and its sessions. */
export function createPortal(deps: PortalDeps): Portal {
  const { baseUrl, externalIssuer } = deps;
  const fetch = createInProcessFetch(deps.app, { baseUrl });
  const embedded = (): PortalIssuer => ({
    url: `${baseUrl()}${issuerPath}`,
    clientId: portalClientId,
    clientSecret: undefined,
    scope: ['openid', 'offline_access', ...scopes].join(' '),
    saysWhen: true,
    fetch,
  });
  const client = createPortalClient({ ...deps, issuer: () => externalIssuer ?? embedded() });
  const sealer = createTokenSealer(deps);
  return { client, sealer, sessions: createPortalSessions({ ...deps, client, sealer }) };
}
