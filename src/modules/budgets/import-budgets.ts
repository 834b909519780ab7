import type { Database, InstitutionTx } from '../../db/transaction.ts';
import { Problem } from '../../lib/problem.ts';
import type { Principal } from '../access/index.ts';
import { actorOf } from '../audit/index.ts';
import { findInstitutionSettings } from '../institutions/index.ts';
import { budgetSettings, smallListValues } from './budget-settings.ts';
import { addToBudget, findUsed, insertSketch } from './budget-store.ts';
import {
  type AlarmDeps,
  auditAlarms,
  findRepeated,
  type ImportAlarm,
  type SketchedList,
  sketchKeptMs,
  tellAlarms,
} from './import-alarms.ts';

const dayMs = 24 * 60 * 60 * 1_000;

export interface BudgetDeps extends AlarmDeps {
  readonly database: Database;
}

/** The import whose list is charged. */
export interface ChargedImport {
  readonly principal: Principal;
  /** The operation id of the route. */
  readonly operation: string;
  readonly importId: string;
}

export interface ChargedList extends SketchedList {
  /** Values that only a suggestion looks up: that tells of them too. */
  readonly repairCandidateCount: number;
}

/**
 * Bounds how many values somebody may ask about. No design keeps an import from telling who is a customer, so what is
 * submitted is counted, and what looks like asking about single people is reported.
 */
export interface ImportBudgets {
  /**
   * Charges a list before it is matched, in a transaction of its own: whatever becomes of the import, the charge stays.
   * Never call it inside a transaction.
   *
   * @throws Problem `importBudgetExceeded`; nothing is charged then, and the audit trail has the attempt
   */
  charge(order: ChargedImport, list: ChargedList): Promise<void>;
  /** Charges a sample that is tried as another identifier type, in the transaction that does. @returns false over the budget */
  chargeSample(tx: InstitutionTx, principalId: string, valueCount: number): Promise<boolean>;
  /** Looks at what a matched list came to. */
  reportMatches(order: ChargedImport, matches: { distinctValueCount: number; namedCount: number }): Promise<void>;
}

export function createImportBudgets(deps: BudgetDeps): ImportBudgets {
  return {
    async charge(order, list) {
      const { institutionId } = order.principal;
      const { alarms, problem } = await deps.database.inInstitution(institutionId, (tx) =>
        chargeList(deps, tx, order, list),
      );
      if (problem !== undefined) {
        const { id: principalId } = order.principal;
        deps.logger.warn({ institutionId, principalId, importId: order.importId }, 'import budget exceeded');
        deps.metrics?.countImportAlarm('budgetExceeded');
        throw problem;
      }
      tellAlarms(deps, order, alarms);
    },
    async chargeSample(tx, principalId, valueCount) {
      const { distinctValuesPerDayMax: max } = budgetSettings(await findInstitutionSettings(tx));
      const ref = { principalId, day: dayOf(deps.clock.now()) };
      return await addToBudget(tx, ref, { valueCount, importCount: 0, max });
    },
    async reportMatches(order, { distinctValueCount, namedCount }) {
      if (distinctValueCount < smallListValues) return;
      const alarms = await deps.database.inInstitution(order.principal.institutionId, async (tx) => {
        const { matchRateAlarmPercent } = budgetSettings(await findInstitutionSettings(tx));
        if (namedCount * 100 >= distinctValueCount * matchRateAlarmPercent) return [];
        const found: ImportAlarm[] = [{ kind: 'lowMatchRate', detail: { distinctValueCount, namedCount } }];
        await auditAlarms(deps, tx, order, found);
        return found;
      });
      tellAlarms(deps, order, alarms);
    },
  };
}

async function chargeList(
  deps: BudgetDeps,
  tx: InstitutionTx,
  order: ChargedImport,
  list: ChargedList,
): Promise<{ alarms: readonly ImportAlarm[]; problem?: Problem }> {
  const at = deps.clock.now();
  const { distinctValuesPerDayMax: max } = budgetSettings(await findInstitutionSettings(tx));
  const ref = { principalId: order.principal.id, day: dayOf(at) };
  const valueCount = list.distinctValueCount + list.repairCandidateCount;
  if (!(await addToBudget(tx, ref, { valueCount, importCount: 1, max }))) {
    const counts = { distinctValueCount: valueCount, usedToday: await findUsed(tx, ref), distinctValuesPerDayMax: max };
    const problem = budgetExceeded(at, counts);
    await deps.audit.append(tx, {
      at,
      actor: actorOf(order.principal),
      operation: order.operation,
      resource: order.importId,
      outcome: 'refused',
      detail: { problem: problem.type, ...counts },
    });
    return { alarms: [], problem };
  }
  const alarms = await alarmsOf(tx, order, list, at);
  await auditAlarms(deps, tx, order, alarms);
  return { alarms };
}

async function alarmsOf(
  tx: InstitutionTx,
  { principal, importId }: ChargedImport,
  list: ChargedList,
  at: Date,
): Promise<ImportAlarm[]> {
  const { distinctValueCount } = list;
  if (distinctValueCount === 0) return [];
  const repeated = await findRepeated(tx, principal.id, list, at);
  await insertSketch(tx, {
    institution_id: tx.institutionId,
    import_id: importId,
    principal_id: principal.id,
    identifier_type: list.identifierType,
    content_fingerprint: list.contentFingerprint,
    distinct_value_count: distinctValueCount,
    sketch: Buffer.from(list.sketch),
    created_at: at,
    expires_at: new Date(at.getTime() + sketchKeptMs),
  });
  return [
    ...(distinctValueCount < smallListValues ? [{ kind: 'smallList', detail: { distinctValueCount } } as const] : []),
    ...(repeated === undefined ? [] : [repeated]),
  ];
}

function budgetExceeded(
  at: Date,
  counts: { distinctValueCount: number; usedToday: number; distinctValuesPerDayMax: number },
): Problem {
  const nextDay = (Math.floor(at.getTime() / dayMs) + 1) * dayMs;
  return new Problem('importBudgetExceeded', {
    detail: `The list has ${counts.distinctValueCount} distinct values; ${counts.usedToday} of ${counts.distinctValuesPerDayMax} a day are used. A new day begins at midnight UTC.`,
    attributes: counts,
    headers: { 'Retry-After': String(Math.ceil((nextDay - at.getTime()) / 1_000)) },
  });
}

function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}
