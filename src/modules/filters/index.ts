export type { MembersRef } from './engine/filter-protocol.ts';
export { requireAudiences } from './filter-audiences.ts';
export { type CheckedFilters, checkFilters } from './filter-check.ts';
export { shareFactsVersion } from './filter-column-store.ts';
export { createFilterEvaluator, type FilterAnswer, type FilterEvaluator } from './filter-evaluator.ts';
export { type FilterBody, type Filters, filterSchema, filtersSchema } from './filter-schemas.ts';
export { builtInFilterTypes } from './filter-type-catalogue.ts';
export { listFilterTypes } from './filter-type-service.ts';
export { dayOf } from './filter-value.ts';
