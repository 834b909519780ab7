export {
  type Canonical,
  type Canonicaliser,
  type RefusalReason,
  refusalReasons,
} from '../../lib/list-text/canonical.ts';
export { cleanCell } from '../../lib/list-text/clean-cell.ts';
export { createCanonicaliser } from './canonicaliser.ts';
export { describeIdentifierTypes, type IdentifierTypeFacts } from './identifier-type-facts.ts';
export {
  canonicaliserVersion,
  type IdentifierTypeName,
  identifierTypeCode,
  identifierTypeName,
  identifierTypeNames,
  isBlind,
} from './identifier-types.ts';
export { tokenize } from './tokenize.ts';
