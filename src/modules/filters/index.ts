export {
  type CustomerDimension,
  customerDimensionNames,
  customerDimensions,
  type DimensionCell,
  dimensionCells,
  dimensionCellsMax,
} from './customer-dimensions.ts';
export type { MembersRef } from './engine/filter-protocol.ts';
export { type CellCount, sumOf, type Tallied } from './engine/tally.ts';
export { requireAudiences } from './filter-audiences.ts';
export { type CheckedFilters, type CheckedLeaf, checkFilters } from './filter-check.ts';
export { shareFactsVersion } from './filter-column-store.ts';
export { createFilterEvaluator, type FilterAnswer, type FilterEvaluator } from './filter-evaluator.ts';
export {
  audienceRefreshSchema,
  type FilterBody,
  type Filters,
  filterLeavesMax,
  filterSchema,
  filtersSchema,
} from './filter-schemas.ts';
export type { FilterType } from './filter-type.ts';
export { builtInFilterTypes } from './filter-type-catalogue.ts';
export { checkFilterTypeLimits, type NamedLimit } from './filter-type-limits.ts';
export { listAllFilterTypes, listFilterTypes } from './filter-type-service.ts';
export { dayOf } from './filter-value.ts';
export { valueClassOf } from './value-class.ts';
