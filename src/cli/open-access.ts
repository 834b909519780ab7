import type { Config } from '../config.ts';
import type { Database } from '../db/transaction.ts';
import type { Clock } from '../lib/clock.ts';
import {
  type AccessVerifier,
  createAccessVerifier,
  createExternalTokenVerifier,
  createOwnTokenVerifier,
  parseRoleMap,
  signatureAlgorithms,
  type TokenVerifier,
} from '../modules/access/index.ts';
import { apiAudience, issuerPath, operatorIssuer, portalClientId, type TokenSigner } from '../modules/issuer/index.ts';

export interface AccessParts {
  readonly config: Pick<Config, 'externalIssuer'>;
  readonly database: Database;
  readonly clock: Clock;
  readonly signer: Pick<TokenSigner, 'publicKeys'>;
  /** The address that clients see, without a slash at its end. */
  baseUrl(): string;
}

/** Who calls is found by tokens of ours, or by those of the external issuer that is configured. */
export function openAccess(parts: AccessParts): AccessVerifier {
  const { config, database, clock } = parts;
  const external = config.externalIssuer !== undefined;
  const tokens = externalTokens(parts) ?? ownTokens(parts);
  return createAccessVerifier({ database, clock, tokens, external, portalClientId });
}

function ownTokens({ clock, signer, baseUrl }: AccessParts): TokenVerifier {
  return createOwnTokenVerifier({
    clock,
    issuers: () => [`${baseUrl()}${issuerPath}`, operatorIssuer],
    audience: apiAudience,
    publicKeys: () => signer.publicKeys(),
  });
}

function externalTokens({ config, clock }: AccessParts): TokenVerifier | undefined {
  const { externalIssuer: issuer } = config;
  if (issuer === undefined) return undefined;
  return createExternalTokenVerifier({
    clock,
    issuer: {
      url: issuer.url,
      audience: issuer.audience,
      algorithms: signatureAlgorithms.filter((name) => issuer.algorithms.includes(name)),
      requireTyp: issuer.requireTyp,
      claims: {
        institution: issuer.institutionClaim,
        roles: issuer.rolesClaim,
        scope: issuer.scopeClaim,
        name: issuer.nameClaim,
      },
      roleMap: issuer.roleMap === undefined ? undefined : parseRoleMap(issuer.roleMap),
    },
  });
}
