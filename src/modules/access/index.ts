export { createAccessToken, createAccessVerifier } from './access-service.ts';
export type { AccessVerifier, Credentials, Principal } from './principal.ts';
export { hasRight, hasRoleFor, type Right, rights, ruleOf, seesAllAudiences } from './rights.ts';
export { isRole, type Role, roles } from './roles.ts';
export { isScope, type Scope, scopes } from './scopes.ts';
