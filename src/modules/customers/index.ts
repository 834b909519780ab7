export { accountFields } from './accounts/account-fields.ts';
export { productTypes } from './accounts/product-types.ts';
export { lockCustomerBase, saveCustomerBase } from './customer-change-store.ts';
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
export {
  type AttributeRule,
  attributeTextMax,
  readDecimal,
  readInteger,
} from './loads/attribute-values.ts';
export { isRefused, readDate } from './loads/cell-values.ts';
export { keyField, loadFields } from './loads/load-fields.ts';
export { type IndexedType, indexedTypes } from './loads/load-protocol.ts';
export { type CustomerLoads, type CustomerLoadsDeps, createCustomerLoads } from './loads/load-service.ts';
