export { filterTypeNames } from './attribute-names.ts';
