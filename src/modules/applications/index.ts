export { type Client, findClient, verifySecret } from './client.ts';
export { addApplication, type CreatedApplication, createApplication, type NewApplication } from './new-application.ts';
export type { JsonWebKeySet } from './public-keys.ts';
