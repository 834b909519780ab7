import { type Static, Type } from 'typebox';

/**
 * What the commands read of the answers, and no more: any server that speaks the published contract fits, whatever
 * else its answers hold.
 */
const count = Type.Integer({ minimum: 0 });
const text = Type.String();

export const problemSchema = Type.Object({
  id: Type.Optional(text),
  type: Type.Optional(text),
  title: Type.Optional(text),
  detail: Type.Optional(text),
  attributes: Type.Optional(Type.Unknown()),
});

export const outcomeCountNames = [
  'headerCount',
  'blankCount',
  'invalidCount',
  'duplicateCount',
  'unmatchedCount',
  'ambiguousCount',
  'matchedCount',
] as const;

export const importSchema = Type.Object({
  id: text,
  state: text,
  customerAudienceId: Type.Optional(text),
  lineCount: count,
  headerCount: count,
  blankCount: count,
  invalidCount: count,
  duplicateCount: count,
  unmatchedCount: count,
  ambiguousCount: count,
  matchedCount: count,
  customerCount: Type.Optional(count),
  charset: Type.Optional(text),
  windows1252LineCount: Type.Optional(count),
  invalidReasons: Type.Optional(
    Type.Array(Type.Object({ reason: text, count, recordNumbers: Type.Array(count), more: Type.Boolean() })),
  ),
  repairs: Type.Optional(Type.Array(Type.Object({ repair: text, count }))),
  suggestions: Type.Optional(
    Type.Array(
      Type.Object({
        kind: text,
        repair: Type.Optional(text),
        matchedCountAfter: Type.Optional(count),
        identifierType: Type.Optional(text),
        sampleSize: Type.Optional(count),
        sampleMatchedPercent: Type.Optional(count),
      }),
    ),
  ),
  problem: Type.Optional(problemSchema),
});
export type ImportAnswer = Static<typeof importSchema>;

/** An import on its way: its counts may still be absent. */
export const runningImportSchema = Type.Object({ id: text, state: text, lineCount: Type.Optional(count) });

export const audienceSchema = Type.Object({
  id: text,
  name: text,
  kind: Type.Optional(text),
  state: Type.Optional(text),
  customerCount: count,
  version: Type.Optional(count),
  createdAt: Type.Optional(text),
  import: Type.Optional(importSchema),
  addedCount: Type.Optional(count),
  removedCount: Type.Optional(count),
});
export type AudienceAnswer = Static<typeof audienceSchema>;

export const pageSchema = Type.Object({
  items: Type.Array(Type.Unknown()),
  count: Type.Optional(count),
  withheldCount: Type.Optional(count),
  heldBackCount: Type.Optional(count),
  nextPage_url: Type.Optional(text),
});
export type PageAnswer = Static<typeof pageSchema>;

export const lineSchema = Type.Object({ recordNumber: count, outcome: text, reason: Type.Optional(text) });
export type LineAnswer = Static<typeof lineSchema>;

export const customerSchema = Type.Record(Type.String(), Type.Unknown());

export const baseLoadSchema = Type.Object({
  id: text,
  state: text,
  lineCount: Type.Optional(count),
  insertedCount: Type.Optional(count),
  updatedCount: Type.Optional(count),
  unchangedCount: Type.Optional(count),
  removedCount: Type.Optional(count),
  returnedCount: Type.Optional(count),
  invalidCount: Type.Optional(count),
  problem: Type.Optional(problemSchema),
});
export type BaseLoadAnswer = Static<typeof baseLoadSchema>;

export const estimateSchema = Type.Object({
  customerCount: count,
  baseCustomerCount: count,
  funnel: Type.Array(Type.Object({ customerCount: count, remainingCount: count })),
});
export type EstimateAnswer = Static<typeof estimateSchema>;

export const versionSchema = Type.Object({
  version: count,
  cause: text,
  customerCount: count,
  addedCount: count,
  removedCount: count,
});
export const versionsSchema = Type.Object({ items: Type.Array(versionSchema) });

export const changesSchema = Type.Object({ items: Type.Array(Type.Object({ id: text })) });

export const explanationSchema = Type.Object({
  member: Type.Boolean(),
  sinceVersion: Type.Optional(count),
  leftVersion: Type.Optional(count),
  filters: Type.Optional(Type.Array(Type.Object({ outcome: text }))),
});

export const insightsSchema = Type.Object({
  dimensions: Type.Array(
    Type.Object({
      label: text,
      cells: Type.Array(Type.Object({ value: Type.Optional(text), index: Type.Optional(Type.Number()) })),
    }),
  ),
});

export const overlapsSchema = Type.Object({
  intersections: Type.Array(Type.Object({ audiences: Type.Array(text), customerCount: count })),
});
