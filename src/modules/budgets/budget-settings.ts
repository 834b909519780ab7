import type { InstitutionSettings } from '../../db/tables.ts';

/**
 * Distinct values that one principal may submit a UTC day. A list of a million lines, which is the largest that is
 * common, may be tried, repaired and imported a few times; all nine-digit numbers would take 200 days.
 */
export const distinctValuesPerDayDefault = 5_000_000;
/** Of the values of a list so many percent name somebody, or it raises an alarm. */
export const matchRateAlarmPercentDefault = 5;
/** A list of fewer values asks about single people. */
export const smallListValues = 25;

export interface BudgetSettings {
  readonly distinctValuesPerDayMax: number;
  readonly matchRateAlarmPercent: number;
}

export function budgetSettings(settings: InstitutionSettings): BudgetSettings {
  return {
    distinctValuesPerDayMax: settings.distinctValuesPerDayMax ?? distinctValuesPerDayDefault,
    matchRateAlarmPercent: settings.matchRateAlarmPercent ?? matchRateAlarmPercentDefault,
  };
}
