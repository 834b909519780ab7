import { type Static, Type } from 'typebox';
import { closed, resourceIdSchema } from '../../../http/schema-parts.ts';
import { listedIdCharacters } from '../audience-id-list.ts';
import { overlapAudiencesMax, overlapAudiencesMin, overlapIntersectionsMax } from './overlap-counts.ts';

const pairsMax = (overlapAudiencesMax * (overlapAudiencesMax - 1)) / 2;

export const overlapQuerySchema = closed({
  audiences: Type.String({
    minLength: 1,
    maxLength: overlapAudiencesMax * listedIdCharacters,
    description: `${overlapAudiencesMin} to ${overlapAudiencesMax} different audiences, joined by commas.`,
    examples: ['0399abedfd3d5e10c2aa,1f0c9a7be2d34c5b6a79'],
  }),
});

const customerCount = (description: string) => Type.Integer({ minimum: 0, description });

export const overlapsSchema = closed(
  {
    customerCount: customerCount('Customers in any of the audiences.'),
    audiences: Type.Array(
      closed({
        id: resourceIdSchema,
        version: Type.Integer({ minimum: 1, description: 'The version that was counted: the present one.' }),
        customerCount: customerCount('Members who are in the customer base.'),
        withheldCount: customerCount('Members who have left the customer base since. They are in no other count here.'),
      }),
      { maxItems: overlapAudiencesMax, description: 'In the order in which they were asked for.' },
    ),
    pairs: Type.Array(
      closed({
        audiences: Type.Array(resourceIdSchema, { minItems: 2, maxItems: 2 }),
        customerCount: customerCount('Customers in both.'),
        jaccard: Type.Number({
          minimum: 0,
          maximum: 1,
          description: 'Customers in both by customers in either, rounded to 4 decimals; 0 when there are none.',
        }),
      }),
      { maxItems: pairsMax, description: 'Each pair once.' },
    ),
    intersections: Type.Array(
      closed({
        audiences: Type.Array(resourceIdSchema, { minItems: 1, maxItems: overlapAudiencesMax }),
        customerCount: customerCount('Customers in exactly these and in no other audience that was asked for.'),
      }),
      { maxItems: overlapIntersectionsMax, description: 'Without the empty ones, the largest first.' },
    ),
    intersectionCount: customerCount('How many intersections are not empty.'),
    more: Type.Boolean({ description: `Whether there are others: at most ${overlapIntersectionsMax} are listed.` }),
  },
  { $id: 'customerAudienceOverlaps' },
);

export type CustomerAudienceOverlaps = Static<typeof overlapsSchema>;
