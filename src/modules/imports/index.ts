export { deleteExpiredImports } from './import-store.ts';
