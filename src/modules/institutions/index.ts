export { createInstitution, institutionIdPattern } from './institution-service.ts';
export { changeInstitutionSettings, countryPattern, settingBounds } from './institution-settings.ts';
export {
  findInstitutionSettings,
  listInstitutions,
  lockInstitutionSettings,
  mergeInstitutionSettings,
  shareCustomerVersion,
} from './institution-store.ts';
