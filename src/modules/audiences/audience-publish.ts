import type { InstitutionTx } from '../../db/transaction.ts';
import { Problem } from '../../lib/problem.ts';
import { checkAudienceName, nameKey } from './audience-name.ts';
import { type AudienceRow, insertAudience, updateAudience } from './audience-store.ts';
import {
  type AudienceVersion,
  type AudienceVersionRow,
  findVersion,
  insertVersion,
  type VersionChange,
} from './versions/audience-version-store.ts';
import { changeBetween } from './versions/version-change.ts';

export interface VersionMembers {
  /** Roaring bitmap of ordinals, portable format. */
  readonly members: Uint8Array;
  /**
   * The line of each member by rank (`member-lines.ts`), null where no list brought members (`remove`). Of version 1
   * and of a `replace`: of all members. Of an `add`: of the members that are not in the version before, because the
   * others came from an earlier list.
   */
  readonly memberLines: Uint8Array | null;
  readonly customerCount: number;
  /** The state of the customer base that the members were matched against. */
  readonly customerVersion: number;
  readonly importId: string | null;
  /** Restricted types of filters that they were selected by, also by way of other audiences; absent = the audience's. */
  readonly restrictedTypes?: readonly string[];
  readonly at: Date;
  /** Id of the principal. */
  readonly by: string;
}

/** Of audiences that nobody has said it of. */
export const purposeDefault = 'marketing';

export interface NewAudience {
  readonly id: string;
  readonly name: string;
  readonly description: string | null | undefined;
  readonly kind: AudienceRow['kind'];
  readonly purpose: AudienceRow['purpose'];
  /** Of its own filters, or those of the source of a copy. */
  readonly restrictedTypes?: readonly string[];
  /** The list that made it, or made the source of a copy. */
  readonly list?: Pick<AudienceRow, 'identifier_type' | 'file_name' | 'import_id'>;
  readonly copyOf?: { readonly id: string; readonly version: number };
}

export interface NewImportedAudience extends VersionMembers {
  readonly id: string;
  readonly name: string;
  readonly description: string | null | undefined;
  readonly purpose?: AudienceRow['purpose'] | undefined;
  readonly identifierType: string;
  readonly fileName: string;
}

export interface NewVersion extends VersionMembers {
  readonly cause: Exclude<AudienceVersionRow['cause'], 'import' | 'copy'>;
  /** Of the members against the version before; held against the bitmaps. */
  readonly addedCount: number;
  readonly removedCount: number;
}

/**
 * Makes an audience with version 1.
 *
 * @throws Problem `audienceNameTaken`; the transaction stays usable. Problem `badRequest` for a name out of form
 */
export async function insertImportedAudience(tx: InstitutionTx, audience: NewImportedAudience): Promise<AudienceRow> {
  checkAudienceName(audience.name);
  const { id, name, description, purpose = purposeDefault, importId } = audience;
  const list = { identifier_type: audience.identifierType, file_name: audience.fileName, import_id: importId };
  const row = { id, name, description, purpose, kind: 'imported', list } as const;
  return await insertNewAudience(tx, row, { ...audience, cause: 'import' });
}

/**
 * Inserts an audience of any kind, with its version 1.
 *
 * @throws Problem `audienceNameTaken`; the transaction stays usable
 */
export async function insertNewAudience(
  tx: InstitutionTx,
  audience: NewAudience,
  first: VersionMembers & { cause: AudienceVersionRow['cause'] },
): Promise<AudienceRow> {
  const row: AudienceRow = {
    institution_id: tx.institutionId,
    id: audience.id,
    name: audience.name,
    name_key: nameKey(audience.name),
    description: audience.description ?? null,
    kind: audience.kind,
    state: 'active',
    ...(audience.list ?? { identifier_type: null, file_name: null, import_id: null }),
    version: 1,
    customer_count: first.customerCount,
    customer_version: first.customerVersion,
    revision: 1,
    created_at: first.at,
    created_by: first.by,
    updated_at: first.at,
    copy_of_audience_id: audience.copyOf?.id ?? null,
    copy_of_version: audience.copyOf?.version ?? null,
    kept_from_version: 1,
    purpose: audience.purpose,
    restricted_types: [...(audience.restrictedTypes ?? [])],
    approval_pending: false,
    withheld_versions: [],
  };
  if (!(await insertAudience(tx, row))) throw nameTaken();
  await insertVersionOf(tx, row, { ...first, addedCount: first.customerCount, removedCount: 0, change: undefined });
  return row;
}

/**
 * Gives an audience new members, as the version after its present one. Earlier versions stay: a walk that began on
 * one ends on it.
 *
 * @param audience as {@link lockAudience} found it in this transaction
 */
export async function appendAudienceVersion(
  tx: InstitutionTx,
  audience: AudienceRow,
  version: NewVersion,
): Promise<AudienceRow> {
  const before = await readVersion(tx, audience.id, audience.version);
  const change = changeBetween(before.members, version.members);
  if (change.addedCount !== version.addedCount || change.removedCount !== version.removedCount) {
    throw new Error('the counts of a new version are not those of its members');
  }
  const next = audience.version + 1;
  const changed = await updateAudience(tx, audience, {
    version: next,
    ...(audience.approval_pending ? { withheld_versions: [...audience.withheld_versions, next] } : {}),
    customer_count: version.customerCount,
    customer_version: version.customerVersion,
    updated_at: version.at,
  });
  await insertVersionOf(tx, changed, { ...version, change });
  return changed;
}

/** One version of an audience that is known to have it. @throws Error when it has not: the data is damaged */
export async function readVersion(tx: InstitutionTx, audienceId: string, version: number): Promise<AudienceVersion> {
  const found = await findVersion(tx, audienceId, version);
  if (found === undefined) throw new Error('an audience has no row of its version');
  return found;
}

export function nameTaken(): Problem {
  return new Problem('audienceNameTaken', {
    detail: 'Another active audience has this name, or one that differs in case or spaces only.',
  });
}

async function insertVersionOf(
  tx: InstitutionTx,
  audience: AudienceRow,
  version: Omit<NewVersion, 'cause'> & { cause: AudienceVersionRow['cause']; change: VersionChange | undefined },
): Promise<void> {
  await insertVersion(tx, {
    institution_id: tx.institutionId,
    audience_id: audience.id,
    version: audience.version,
    members: version.members,
    member_lines: version.memberLines,
    customer_count: version.customerCount,
    added_count: version.addedCount,
    removed_count: version.removedCount,
    cause: version.cause,
    import_id: version.importId,
    customer_version: version.customerVersion,
    made_at: version.at,
    made_by: version.by,
    added: version.change?.added ?? null,
    removed: version.change?.removed ?? null,
    restricted_types: [...(version.restrictedTypes ?? audience.restricted_types)],
  });
}
