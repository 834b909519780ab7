export {
  type BudgetSettings,
  budgetSettings,
  distinctValuesPerDayDefault,
  matchRateAlarmPercentDefault,
  smallListValues,
} from './budget-settings.ts';
export { deleteExpiredBudgets } from './budget-store.ts';
export type { AlarmKind, BudgetMetrics } from './import-alarms.ts';
export { type BudgetDeps, createImportBudgets, type ImportBudgets } from './import-budgets.ts';
