export type { FilterTypeName } from './attribute-names.ts';
export { attributesMax } from './attribute-schemas.ts';
export { type AttributeRow, listAttributes } from './attribute-store.ts';
