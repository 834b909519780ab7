export { stagePartContext } from './import-stage.ts';
export { deleteExpiredImports } from './import-store.ts';
