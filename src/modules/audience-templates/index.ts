export { findTemplateToUse, listTemplateIds } from './audience-template-service.ts';
