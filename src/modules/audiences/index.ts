export {
  type AudienceViewer,
  accessDenied,
  accessOf,
  deniedResult,
  includesAccess,
  viewerOf,
} from './audience-access.ts';
export {
  audienceDescriptionCharactersMax,
  audienceNameCharactersMax,
  checkAudienceName,
  nameKey,
} from './audience-name.ts';
export {
  appendAudienceVersion,
  insertImportedAudience,
  insertNewAudience,
  type NewImportedAudience,
  type NewVersion,
  readVersion,
  type VersionMembers,
} from './audience-publish.ts';
export {
  audienceProperties,
  audiencePurposeSchema,
  audienceSchema,
  audienceSchemaId,
  type CustomerAudience,
} from './audience-schemas.ts';
export { type AudienceRow, findAudience, lockAudience } from './audience-store.ts';
export { audienceBody, audienceTag } from './audience-view.ts';
export { createAudienceUpkeep } from './filtered/audience-refresh.ts';
export { type SuppressionChannel, suppressionChannels, utcDay } from './held-back/held-back-query.ts';
export { findShare, isVisible, visibleAudienceIds } from './sharing/audience-share-store.ts';
export type { AudienceVersion } from './versions/audience-version-store.ts';
export { deleteOldVersions, retentionSettings } from './versions/version-retention.ts';
