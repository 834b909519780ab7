import type { SignIn } from './access-token.ts';
import type { Allowance, Right } from './rights.ts';

/** Who calls, through which application, for which institution, and what that allows. Both scopes and roles must. */
export interface Principal extends Allowance {
  /** Of the person, or of the application where no person stands behind it: the owner of what it makes. */
  readonly id: string;
  readonly kind: 'person' | 'application';
  readonly name: string;
  /** The application that acts: for a person's own session the portal's. */
  readonly applicationId: string;
  readonly institutionId: string;
  /** Where from: the client's network address, for the audit trail. */
  readonly address: string | undefined;
  /** Of a person, by their verified token. */
  readonly signIn?: SignIn;
  /** Of work that is kept and done later: when it was asked for. Who is signed out since does it no more. */
  readonly askedAt?: Date;
}

/** What a request brings to say who calls. */
export interface Credentials {
  /** The `Authorization` header as received. */
  readonly authorization: string | undefined;
  /** The `API-Key` header as received: names the application. */
  readonly apiKey: string | undefined;
  /** The `Institution-Id` header as received; needed of callers who may act for several. */
  readonly institutionId: string | undefined;
  /** Where the request comes from. */
  readonly address: string | undefined;
}

/** The one door between HTTP and the question "who is this?". The routes know nothing of tokens. */
export interface AccessVerifier {
  /**
   * @throws Problem `unauthorized` when a credential is absent, malformed, unknown, expired or revoked; `forbidden` for
   *   an institution that the caller may not act for; `badRequest` when one must be named and is not
   */
  authenticate(credentials: Credentials): Promise<Principal>;
  /**
   * For work that takes long: looks again whether the caller still has the right. Cheap enough for every chunk.
   *
   * @throws Problem `unauthorized` or `forbidden` when it was taken away meanwhile
   */
  assertStillHolds(principal: Principal, right: Right): Promise<void>;
  /**
   * The institutions that the holder of this token may act for, the home first where there is one of ours.
   *
   * @throws Problem `unauthorized` as `authenticate`
   */
  institutionsOf(authorization: string): Promise<readonly string[]>;
  /** Drops what is cached of an application or a person: call it after a commit that changed what they may do. */
  forget(id: string): void;
}
