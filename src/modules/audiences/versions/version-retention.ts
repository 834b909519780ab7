import type { InstitutionSettings } from '../../../db/tables.ts';
import type { Database, InstitutionTx } from '../../../db/transaction.ts';
import { bitmapFrom } from '../../../lib/bitmap.ts';
import { findInstitutionSettings } from '../../institutions/index.ts';
import type { AudienceViewer } from '../audience-access.ts';
import { readVersion } from '../audience-publish.ts';
import { type AudienceRow, lockAudience } from '../audience-store.ts';
import { deleteOrigins, insertOrigins } from './audience-origin-store.ts';
import { foldOrigins } from './audience-origins.ts';
import { deleteVersions, findStoredChange, findVersionAt, saveChange } from './audience-version-store.ts';
import { type AudienceRef, listOverdueAudiences, saveKeptFrom } from './retention-store.ts';
import { findChange } from './version-change.ts';

/** Thirteen months: last year's campaign can be looked at beside this year's. */
export const versionsKeptDaysDefault = 400;
/** However old: an audience that is edited once a year has a past too. */
export const versionsKeptMinDefault = 10;

const dayMs = 24 * 60 * 60 * 1_000;
const audiencesPerStatement = 100;
/** Versions that go in one transaction, which holds the audience. */
const versionsPerTransaction = 200;
/** Of one audience in one round; the next one goes on. */
const transactionsMax = 20;

export interface RetentionSettings {
  readonly versionsKeptDays: number;
  readonly versionsKeptMin: number;
}

export function retentionSettings(settings: InstitutionSettings): RetentionSettings {
  return {
    versionsKeptDays: settings.versionsKeptDays ?? versionsKeptDaysDefault,
    versionsKeptMin: settings.versionsKeptMin ?? versionsKeptMinDefault,
  };
}

/**
 * Deletes the versions that need not be kept any more: those that were not the present one of an audience at any time
 * within the days that its institution keeps them, never one of the newest. Which list brought the members of a kept
 * version stays known.
 *
 * @param deps.onFailure hears of an audience where it failed; the others go on, and the next round tries again
 */
export async function deleteOldVersions(
  deps: { database: Database; onFailure: (error: unknown) => void },
  now: Date,
): Promise<void> {
  const [keptDays, keptMin] = [versionsKeptDaysDefault, versionsKeptMinDefault];
  const limit = audiencesPerStatement;
  for (let after: AudienceRef | undefined; ; ) {
    const page = { now, after, limit, keptDays, keptMin };
    const audiences = await deps.database.asOperator((tx) => listOverdueAudiences(tx, page));
    for (const audience of audiences) await deleteOldOf(deps.database, audience, now).catch(deps.onFailure);
    after = audiences.at(-1);
    if (audiences.length < limit) return;
  }
}

async function deleteOldOf(database: Database, ref: AudienceRef, now: Date): Promise<void> {
  for (let done = 0; done < transactionsMax; done += 1) {
    const isMore = await database.inInstitution(ref.institutionId, (tx) => deleteSome(tx, ref.audienceId, now));
    if (!isMore) return;
  }
}

const everybody: AudienceViewer = { principalId: '', seesAll: true, managesAll: true };

/** @returns whether there are others to delete */
async function deleteSome(tx: InstitutionTx, audienceId: string, now: Date): Promise<boolean> {
  const audience = await lockAudience(tx, everybody, audienceId);
  if (audience === undefined) return false;
  const { versionsKeptDays, versionsKeptMin } = retentionSettings(await findInstitutionSettings(tx));
  const cutOff = new Date(now.getTime() - versionsKeptDays * dayMs);
  const presentThen = (await findVersionAt(tx, audienceId, cutOff)) ?? audience.kept_from_version;
  const wanted = Math.min(presentThen, audience.version - versionsKeptMin + 1);
  const keptFrom = Math.min(wanted, audience.kept_from_version + versionsPerTransaction);
  if (keptFrom <= audience.kept_from_version) return false;
  await deleteBefore(tx, audience, keptFrom);
  return keptFrom < wanted;
}

async function deleteBefore(tx: InstitutionTx, audience: AudienceRow, keptFrom: number): Promise<void> {
  const added = await requireAdded(tx, audience.id, keptFrom);
  const first = await readVersion(tx, audience.id, keptFrom);
  using wanted = bitmapFrom(first.members);
  using own = bitmapFrom(added);
  // Of the others the first kept version does not say how they came.
  wanted.andNotInPlace(own);
  const origins = await foldOrigins(tx, audience.id, { wanted, upTo: keptFrom - 1 });
  await deleteOrigins(tx, audience.id);
  await insertOrigins(
    tx,
    audience.id,
    origins.map((row, part) => ({ ...row, part })),
  );
  await deleteVersions(tx, audience.id, keptFrom);
  await saveKeptFrom(tx, audience.id, keptFrom);
}

/** Who came with a version; stored from now on, because the version before goes. */
async function requireAdded(tx: InstitutionTx, audienceId: string, version: number): Promise<Uint8Array> {
  const stored = await findStoredChange(tx, audienceId, version);
  if (stored?.added !== null && stored?.added !== undefined && stored.removed !== null) return stored.added;
  const change = await findChange(tx, audienceId, version);
  if (change === undefined) throw new Error('an audience has no row of its version');
  await saveChange(tx, { audienceId, version }, change);
  return change.added;
}
