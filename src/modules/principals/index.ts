export { isActivePrincipal, knownPrincipals } from './principal-store.ts';
