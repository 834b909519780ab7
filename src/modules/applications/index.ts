export type { Application } from './application-schemas.ts';
export { type Client, findClient, verifySecret } from './client.ts';
export {
  addApplication,
  addSecret,
  type CreatedApplication,
  createApplication,
  type NewApplication,
} from './new-application.ts';
export { createOperatorApplications, type OperatorApplications } from './operator-applications.ts';
export type { JsonWebKeySet } from './public-keys.ts';
