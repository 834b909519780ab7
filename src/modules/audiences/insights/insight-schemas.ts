import { type Static, Type } from 'typebox';
import { closed } from '../../../http/schema-parts.ts';
import { customerDimensionNames, dimensionCellsMax } from '../../filters/index.ts';
import { shownCountMin } from './insight-cells.ts';

const count = (description: string) => Type.Integer({ minimum: 0, description });
const percent = (description: string) => Type.Number({ minimum: 0, maximum: 100, description });

/** Besides values: who has none, and the others. */
const cellsMax = dimensionCellsMax + 2;

const cellSchema = closed({
  kind: Type.Enum(['value', 'missing', 'other', 'withheld'], {
    description: `\`value\`: customers with this value. \`missing\`: without one. \`other\`: cells that are not shown one by one, because few are in them or there are many. \`withheld\`: too few are in it, or too few are not, to say how many.`,
  }),
  value: Type.Optional(
    Type.String({ maxLength: 80, description: 'Of `value` and `withheld`: the band, region or product.' }),
  ),
  customerCount: Type.Optional(count('Members of the audience. Absent when withheld, as all below.')),
  baseCustomerCount: Type.Optional(count('All customers, the members too.')),
  audiencePercent: Type.Optional(percent('Of the audience, rounded to one decimal.')),
  basePercent: Type.Optional(percent('Of all customers.')),
  index: Type.Optional(
    Type.Integer({
      minimum: 0,
      description:
        'The share in the audience by the share in the base, in percent: 100 = as everywhere, 200 = twice as many. Absent when nobody in the base is in the cell.',
    }),
  ),
});

const dimensionSchema = closed({
  dimension: Type.Enum([...customerDimensionNames]),
  label: Type.String({ maxLength: 40, description: 'For a heading, in English.' }),
  overlapping: Type.Boolean({
    description: 'Whether a customer may be in several cells; otherwise cells add up to all customers.',
  }),
  cells: Type.Array(cellSchema, {
    maxItems: cellsMax,
    description: 'In the order of their values; regions by members. `missing` and `other` come last.',
  }),
});

export const insightsSchema = closed(
  {
    customerCount: count('Members who are in the customer base.'),
    baseCustomerCount: count('All customers of the institution.'),
    version: Type.Integer({ minimum: 1, description: 'The version of the audience: the present one.' }),
    customerVersion: count('The state of the customer base that the counts are true of.'),
    withheldBecause: Type.Optional(
      Type.Enum(['fewMembers', 'fewOthers'], {
        description: `Why there are no dimensions: the audience has fewer than ${shownCountMin} customers, or all but fewer than ${shownCountMin}.`,
      }),
    ),
    dimensions: Type.Array(dimensionSchema, { maxItems: customerDimensionNames.length }),
  },
  { $id: 'customerAudienceInsights' },
);

export type CustomerAudienceInsights = Static<typeof insightsSchema>;
export type InsightDimension = Static<typeof dimensionSchema>;
export type InsightCell = Static<typeof cellSchema>;
