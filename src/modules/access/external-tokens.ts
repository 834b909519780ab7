import type { JWTPayload } from 'jose';
import type { Clock } from '../../lib/clock.ts';
import {
  type ClaimedAccess,
  identifierOf,
  scopesOf,
  signInOf,
  type TokenVerifier,
  timesOf,
  wordsOf,
} from './access-token.ts';
import { createIssuerKeys } from './issuer-keys.ts';
import { isRole, type Role } from './roles.ts';
import { type SignatureAlgorithm, verifyToken } from './token-verification.ts';

/** An OpenID Connect issuer that is not ours, and what its tokens call things. */
export interface ExternalIssuer {
  /** Exactly as its tokens say it in `iss`. */
  readonly url: string;
  readonly audience: string;
  readonly algorithms: readonly SignatureAlgorithm[];
  /** Whether its access tokens say `typ: at+jwt` (RFC 9068). */
  readonly requireTyp: boolean;
  readonly claims: {
    readonly institution: string;
    readonly roles: string;
    readonly scope: string;
    readonly name: string;
  };
  /** Roles of ours by its names; undefined = it uses ours. */
  readonly roleMap: ReadonlyMap<string, Role> | undefined;
}

const institutionIdPattern = /^[A-Z0-9_]{2,8}$/;
const institutionsMax = 100;
const nameCharactersMax = 80;

/** Tokens of an external issuer; its keys come by discovery. */
export function createExternalTokenVerifier(deps: { issuer: ExternalIssuer; clock: Clock }): TokenVerifier {
  const { issuer, clock } = deps;
  const keys = createIssuerKeys(issuer.url);
  return {
    async verify(token) {
      const now = clock.now();
      const payload = await verifyToken(token, {
        key: keys.find,
        algorithms: issuer.algorithms,
        issuers: [issuer.url],
        audience: issuer.audience,
        type: issuer.requireTyp ? 'at+jwt' : undefined,
        now,
      });
      return {
        ...timesOf(payload, now),
        subject: identifierOf(payload, 'sub'),
        // Issuers that do not keep to RFC 9068 name the client as an identity token does.
        clientId: identifierOf(payload, 'client_id', 'azp'),
        scopes: scopesOf(payload[issuer.claims.scope]),
        signIn: signInOf(payload),
        claimed: claimedBy(payload, issuer),
      };
    },
  };
}

function claimedBy(payload: JWTPayload, { claims, roleMap }: ExternalIssuer): ClaimedAccess {
  const name = payload[claims.name];
  const institutionIds = wordsOf(payload[claims.institution]).filter((word) => institutionIdPattern.test(word));
  const roles = claimedTexts(payload[claims.roles]).flatMap((word) => roleOf(word, roleMap) ?? []);
  return {
    name: typeof name === 'string' ? name.slice(0, nameCharactersMax) : '',
    institutionIds: [...new Set(institutionIds)].slice(0, institutionsMax),
    roles: new Set(roles),
  };
}

/** The members of a list as they are: names of groups may hold spaces. */
function claimedTexts(claim: unknown): readonly string[] {
  return Array.isArray(claim) ? claim.filter((text): text is string => typeof text === 'string') : wordsOf(claim);
}

function roleOf(word: string, roleMap: ReadonlyMap<string, Role> | undefined): Role | undefined {
  if (roleMap !== undefined) return roleMap.get(word);
  return isRole(word) ? word : undefined;
}

/**
 * `Bank Admins:administrator,Marketing:analyst` as a map. The form is checked by the setting's pattern; an entry whose
 * role we do not have is passed over.
 */
export function parseRoleMap(text: string): ReadonlyMap<string, Role> {
  const pairs = text.split(',').flatMap((entry): [string, Role][] => {
    const colon = entry.lastIndexOf(':');
    const role = entry.slice(colon + 1).trim();
    return isRole(role) ? [[entry.slice(0, colon).trim(), role]] : [];
  });
  return new Map(pairs);
}
