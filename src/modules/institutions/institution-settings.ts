import type { InstitutionSettings } from '../../db/tables.ts';
import type { Database } from '../../db/transaction.ts';
import type { Clock } from '../../lib/clock.ts';
import { type Audit, operatorActor } from '../audit/index.ts';
import { findInstitutionSettings, institutionExists, mergeInstitutionSettings } from './institution-store.ts';

/** What the bounds of each setting are: `rollcall institution settings` holds to them. */
export const settingBounds = {
  /** Nobody has as many customers; 0 stops imports. */
  distinctValuesPerDayMax: { min: 0, max: 1_000_000_000 },
  /** 0 = no alarm. */
  matchRateAlarmPercent: { min: 0, max: 100 },
  /** A century. */
  versionsKeptDays: { min: 1, max: 36_500 },
  /** The present one stays always. */
  versionsKeptMin: { min: 1, max: 1_000_000 },
} as const;

/** Two capital letters (ISO 3166-1). */
export const countryPattern = /^[A-Z]{2}$/;

/**
 * Changes settings of an institution on the operator's behalf; those that are not given stay. The audit trail has what
 * was changed and to what.
 *
 * @returns the settings as they are then, undefined when there is no such institution
 */
export async function changeInstitutionSettings(
  deps: { database: Database; clock: Clock; audit: Audit },
  institutionId: string,
  change: InstitutionSettings,
): Promise<InstitutionSettings | undefined> {
  return await deps.database.inInstitution(institutionId, async (tx) => {
    if (!(await institutionExists(tx))) return undefined;
    // Only a change waits for the imports that hold the institution.
    const isChange = Object.keys(change).length > 0;
    if (isChange) await mergeInstitutionSettings(tx, change);
    const settings = await findInstitutionSettings(tx);
    if (!isChange) return settings;
    await deps.audit.append(tx, {
      at: deps.clock.now(),
      actor: operatorActor,
      operation: 'changeInstitutionSettings',
      resource: institutionId,
      outcome: 'done',
      detail: { ...change },
    });
    return settings;
  });
}
