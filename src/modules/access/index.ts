export { createAccessToken, createAccessVerifier } from './access-service.ts';
export { type AccessVerifier, isScope, type Principal, type Scope, scopes } from './principal.ts';
