export { auditReveal, type Reveal, revealOf } from './customer-reveal.ts';
export { type CustomerItem, customerItemSchema, customerTypes, revealHeadersSchema } from './customer-schemas.ts';
export { findCustomerBase, readGone, type SealedCustomer, sealedCustomerColumns } from './customer-store.ts';
export { openCustomerRows } from './customer-view.ts';
export { type CustomerLoads, type CustomerLoadsDeps, createCustomerLoads } from './loads/load-service.ts';
