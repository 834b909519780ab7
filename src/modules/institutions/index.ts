export { createInstitution, institutionIdPattern } from './institution-service.ts';
export {
  findInstitutionSettings,
  listInstitutions,
  mergeInstitutionSettings,
  shareCustomerVersion,
} from './institution-store.ts';
