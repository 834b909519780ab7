export {
  type EnvelopeName,
  envelopeContext,
  openIdentifiers,
  openProfiles,
  type SealedColumn,
} from './customer-envelope.ts';
export { auditReveal, type Reveal, revealOf } from './customer-reveal.ts';
export { type CustomerItem, customerItemSchema, customerTypes, revealHeadersSchema } from './customer-schemas.ts';
export { findCustomerBase, readGone, type SealedCustomer, sealedCustomerColumns } from './customer-store.ts';
export { openCustomerRows } from './customer-view.ts';
export { type IndexedType, indexedTypes } from './loads/load-protocol.ts';
export { type CustomerLoads, type CustomerLoadsDeps, createCustomerLoads } from './loads/load-service.ts';
