export {
  addSuppression,
  checkNewSuppression,
  createdHeaders,
  suppressAudience,
  suppressionAudit,
} from './suppression-create.ts';
export {
  audienceSuppressionSchema,
  type NewSuppression,
  newSuppressionProperties,
  suppressionProperties,
} from './suppression-schemas.ts';
export { suppressionBody } from './suppression-view.ts';
