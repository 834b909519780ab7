/** What a token may allow (api.md section 1). */
export const scopes = [
  'bankingAdmin/read',
  'bankingAdmin/write',
  'identity/read',
  'customers/read',
  'customers/write',
] as const;

export type Scope = (typeof scopes)[number];

const known: ReadonlySet<string> = new Set(scopes);

export function isScope(text: string): text is Scope {
  return known.has(text);
}

/** Who calls, for which institution, and what the token allows. */
export interface Principal {
  readonly id: string;
  readonly name: string;
  readonly institutionId: string;
  readonly scopes: ReadonlySet<Scope>;
}

/**
 * The one door between HTTP and the question "who is this?". The routes know nothing of tokens, so that another
 * kind of token replaces this implementation and nothing else.
 */
export interface AccessVerifier {
  /**
   * @param authorization the `Authorization` header as received
   * @throws Problem `unauthorized` when it is absent, malformed, unknown or expired
   */
  authenticate(authorization: string | undefined): Promise<Principal>;
}
