export { createInstitution, institutionIdPattern } from './institution-service.ts';
export { findInstitutionSettings, listInstitutions, shareCustomerVersion } from './institution-store.ts';
