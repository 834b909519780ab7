import type { Schemas } from '../../../api/client.ts';

type Overlaps = Schemas['customerAudienceOverlaps'];

export interface UpsetRow {
  /** Ids of the audiences in exactly which these customers are, in the order of the columns. */
  readonly audiences: readonly string[];
  /** For each column whether it has a dot. */
  readonly dots: readonly boolean[];
  readonly customerCount: number;
  /** 0..1 of all customers in any. */
  readonly share: number;
  /** 0..1 of the longest bar. */
  readonly length: number;
}

/** The rows of an UpSet plot (Lex et al., 2014): exclusive intersections, the largest first. */
export function upsetRows({ audiences, intersections, customerCount }: Overlaps): readonly UpsetRow[] {
  const columns = audiences.map(({ id }) => id);
  const longest = Math.max(1, ...intersections.map((part) => part.customerCount));
  return intersections.map((part) => ({
    audiences: columns.filter((id) => part.audiences.includes(id)),
    dots: columns.map((id) => part.audiences.includes(id)),
    customerCount: part.customerCount,
    share: customerCount === 0 ? 0 : part.customerCount / customerCount,
    length: part.customerCount / longest,
  }));
}

export interface PairRow {
  readonly id: string;
  readonly both: number;
  /** 0..1 of the audience in question, of the other one. */
  readonly ofThis: number;
  readonly ofOther: number;
  readonly jaccard: number;
}

/** What each of the others shares with one audience. */
export function pairRows({ audiences, pairs }: Overlaps, thisId: string): readonly PairRow[] {
  const sizeOf = (id: string) => audiences.find((audience) => audience.id === id)?.customerCount ?? 0;
  const share = (count: number, of: number) => (of === 0 ? 0 : count / of);
  return pairs.flatMap(({ audiences: pair, customerCount, jaccard }) => {
    const id = pair.find((one) => one !== thisId);
    if (id === undefined || !pair.includes(thisId)) return [];
    const ofThis = share(customerCount, sizeOf(thisId));
    return [{ id, both: customerCount, ofThis, ofOther: share(customerCount, sizeOf(id)), jaccard }];
  });
}
