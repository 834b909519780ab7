import type { Database } from '../../../db/transaction.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { Principal } from '../../access/index.ts';
import {
  type CellCount,
  type CustomerDimension,
  customerDimensions,
  dayOf,
  dimensionCells,
  type FilterEvaluator,
  type Tallied,
} from '../../filters/index.ts';
import { viewerOf } from '../audience-access.ts';
import { noAudience } from '../audience-service.ts';
import { findAudience } from '../audience-store.ts';
import { findVersion } from '../versions/audience-version-store.ts';
import { isShownAlone, isSmall, mergeSmallCells, shownCountMin } from './insight-cells.ts';
import type { CustomerAudienceInsights, InsightCell, InsightDimension } from './insight-schemas.ts';

export interface InsightDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly filterEvaluator: FilterEvaluator;
}

/**
 * What kind of customers the present members of an audience are, against everybody. Nothing that is shown, and nothing
 * that follows from it, is a count of 1 to 9 people.
 *
 * @throws Problem `notFound` for an audience that is not there for the caller; `serviceUnavailable`
 */
export async function getInsights(
  deps: InsightDeps,
  principal: Principal,
  audienceId: string,
): Promise<CustomerAudienceInsights> {
  const { institutionId } = principal;
  const { version } =
    (await deps.database.inInstitution(institutionId, (tx) => findAudience(tx, viewerOf(principal), audienceId))) ??
    noAudience();
  const dimensions = customerDimensions(dayOf(deps.clock.now()));
  const tallied = await deps.filterEvaluator.tally(institutionId, {
    audience: { audienceId, version },
    orders: dimensions.map(({ order }) => order),
    // Deleted since it was found.
    readMembers: async (tx, ref) => ((await findVersion(tx, ref.audienceId, ref.version)) ?? noAudience()).members,
  });
  const { memberCount, baseCount, customerVersion } = tallied;
  const known = { customerCount: memberCount, baseCustomerCount: baseCount, version, customerVersion };
  if (memberCount < shownCountMin) return { ...known, withheldBecause: 'fewMembers', dimensions: [] };
  if (isSmall(tallied)) return { ...known, withheldBecause: 'fewOthers', dimensions: [] };
  return { ...known, dimensions: dimensions.map((dimension, index) => dimensionBody(dimension, tallied, index)) };
}

function dimensionBody(dimension: CustomerDimension, tallied: Tallied, index: number): InsightDimension {
  const counted = tallied.columns[index];
  if (counted === undefined) throw new Error('a dimension was not counted');
  const { name, label, isOverlapping } = dimension;
  const values = dimensionCells(dimension, counted).map((cell) => ({ ...cell, kind: 'value' as const }));
  const about = { dimension: name, label, overlapping: isOverlapping };
  if (isOverlapping) {
    return {
      ...about,
      cells: values.map((cell) =>
        isShownAlone(cell, tallied) ? cellBody(cell, tallied) : { kind: 'withheld', value: cell.value },
      ),
    };
  }
  const missing = counted.missing.baseCount === 0 ? [] : [{ ...counted.missing, kind: 'missing' as const }];
  const { shown, other } = mergeSmallCells([...values, ...missing], counted.rest);
  const others = other === undefined ? [] : [{ ...other, kind: 'other' as const }];
  return { ...about, cells: [...shown, ...others].map((cell) => cellBody(cell, tallied)) };
}

function cellBody(
  { kind, memberCount, baseCount, value }: CellCount & { kind: InsightCell['kind']; value?: string },
  all: CellCount,
): InsightCell {
  const [share, baseShare] = [memberCount / all.memberCount, baseCount / all.baseCount];
  return {
    kind,
    ...(value === undefined ? {} : { value }),
    customerCount: memberCount,
    baseCustomerCount: baseCount,
    audiencePercent: percentOf(share),
    basePercent: percentOf(baseShare),
    ...(baseCount === 0 ? {} : { index: Math.round((100 * share) / baseShare) }),
  };
}

/** One decimal. */
function percentOf(share: number): number {
  return Math.round(share * 1_000) / 10;
}
