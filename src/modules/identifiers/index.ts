export { cleanCell } from './canonical/clean-cell.ts';
export { createCanonicaliser } from './canonicaliser.ts';
export { describeIdentifierTypes, type IdentifierTypeFacts } from './identifier-type-facts.ts';
export {
  type Canonical,
  type Canonicaliser,
  canonicaliserVersion,
  type IdentifierTypeName,
  identifierTypeCode,
  identifierTypeName,
  identifierTypeNames,
  isBlind,
  type RefusalReason,
  refusalReasons,
} from './identifier-types.ts';
export { tokenize } from './tokenize.ts';
