import type { FindAccount, KoaContextWithOIDC } from 'oidc-provider';
import { isBefore, validAfterOf } from './client-metadata.ts';
import type { IssuerDirectory } from './issuer-directory.ts';
import { findAfterChange } from './second-of-change.ts';

/** RFC 8176 says how, these how strongly: by one factor or by two. */
export const acrValues = ['urn:rollcall:acr:one-factor', 'urn:rollcall:acr:two-factor'] as const;

/** @param amr the methods of RFC 8176 that were used */
export function acrOf(amr: readonly string[]): (typeof acrValues)[number] {
  return amr.includes('mfa') || new Set(amr).size > 1 ? acrValues[1] : acrValues[0];
}

/**
 * Looks a person up for each code, refresh token and session. What is from before a sign-out everywhere counts as
 * nobody's: the token is refused, the session asks for a new sign-in.
 */
export function createFindAccount(directory: IssuerDirectory): FindAccount {
  return async (ctx, personId, token) => {
    const person = await findAfterChange(() => directory.findPerson(personId));
    if (person === undefined) return undefined;
    const signedInAt = signInTimeOf(ctx, token);
    if (signedInAt === undefined || isBefore(signedInAt, person.tokensValidAfter)) return undefined;
    const { client } = ctx.oidc;
    if (token !== undefined && client !== undefined && isBefore(issueTimeOf(token), validAfterOf(client)))
      return undefined;
    return { accountId: person.id, claims: () => ({ sub: person.id, name: person.name }) };
  };
}

type Token = Parameters<FindAccount>[2];

/** In seconds. */
function signInTimeOf(ctx: KoaContextWithOIDC, token: Token): number | undefined {
  if (token === undefined) return ctx.oidc.session?.loginTs;
  return 'authTime' in token ? token.authTime : undefined;
}

/** Of a refresh token the time of the first of its line. */
function issueTimeOf(token: NonNullable<Token>): number {
  return 'iiat' in token && token.iiat !== undefined ? token.iiat : token.iat;
}
