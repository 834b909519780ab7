import type { Logger } from 'pino';
import type { InstitutionTx } from '../../db/transaction.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Principal } from '../access/index.ts';
import { type Audit, actorOf } from '../audit/index.ts';
import { listSketches } from './budget-store.ts';
import { agreementOf } from './list-agreement.ts';

/** Lists that agree to this part are a repeat; sketches of 256 values know it to about 1.4 %. */
const repeatedFrom = 0.95;
/** Lists of quite another length cannot agree so far; the margin is for the estimate. */
const lengthMargin = 0.9;
export const sketchKeptMs = 24 * 60 * 60 * 1_000;
/** Lists of about the same length that one principal submits a day. */
const comparedMax = 500;

export const alarmOperation = 'importAlarm';

export type AlarmKind = 'smallList' | 'repeatedList' | 'lowMatchRate';

/** Something to look at; counts and ids, no values. It stops nothing. */
export interface ImportAlarm {
  readonly kind: AlarmKind;
  readonly detail: Readonly<Record<string, number | string>>;
}

export interface AlarmDeps {
  readonly clock: Clock;
  readonly audit: Audit;
  readonly logger: Pick<Logger, 'warn'>;
  readonly metrics?: BudgetMetrics;
}

/** Where alarms are counted; the HTTP layer's metrics fit it. */
export interface BudgetMetrics {
  countImportAlarm(kind: AlarmKind | 'budgetExceeded'): void;
}

export interface SketchedList {
  readonly identifierType: string;
  readonly distinctValueCount: number;
  readonly contentFingerprint: Buffer;
  /** See `list-sketch.ts`. */
  readonly sketch: Uint8Array;
}

/** An earlier list of the principal that this one nearly is. The very same bytes are none: a dry run comes before an import. */
export async function findRepeated(
  tx: InstitutionTx,
  principalId: string,
  list: SketchedList,
  at: Date,
): Promise<ImportAlarm | undefined> {
  const earlier = await listSketches(tx, {
    principalId,
    identifierType: list.identifierType,
    otherThan: list.contentFingerprint,
    since: new Date(at.getTime() - sketchKeptMs),
    valuesMin: Math.floor(list.distinctValueCount * lengthMargin),
    valuesMax: Math.ceil(list.distinctValueCount / lengthMargin),
    limit: comparedMax,
  });
  for (const { import_id: importId, sketch } of earlier) {
    const agreement = agreementOf(list.sketch, sketch);
    if (agreement < repeatedFrom) continue;
    const agreementPercent = Math.floor(agreement * 100);
    return { kind: 'repeatedList', detail: { earlierImportId: importId, agreementPercent } };
  }
  return undefined;
}

/** Writes alarms into the audit trail; call it last in the transaction. */
export async function auditAlarms(
  deps: Pick<AlarmDeps, 'clock' | 'audit'>,
  tx: InstitutionTx,
  about: { principal: Principal; importId: string },
  alarms: readonly ImportAlarm[],
): Promise<void> {
  for (const { kind, detail } of alarms) {
    await deps.audit.append(tx, {
      at: deps.clock.now(),
      actor: actorOf(about.principal),
      operation: alarmOperation,
      resource: about.importId,
      outcome: 'done',
      detail: { kind, ...detail },
    });
  }
}

/** Tells the operator's log and metrics of alarms that are in the trail. */
export function tellAlarms(
  deps: Pick<AlarmDeps, 'logger' | 'metrics'>,
  about: { principal: Principal; importId: string },
  alarms: readonly ImportAlarm[],
): void {
  const { institutionId, id: principalId } = about.principal;
  for (const { kind, detail } of alarms) {
    deps.logger.warn({ alarm: kind, institutionId, principalId, importId: about.importId, ...detail }, 'import alarm');
    deps.metrics?.countImportAlarm(kind);
  }
}
