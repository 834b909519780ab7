import { Type } from 'typebox';
import { closed, resourceIdSchema, timestampSchema } from '../../../http/schema-parts.ts';
import { listedIdCharacters } from '../audience-id-list.ts';

export const sizeAudiencesMax = 100;
/** More than a chart has pixels for, and less than 4 MB for all audiences. */
export const sizePointsMax = 400;

export const sizesQuerySchema = closed({
  audiences: Type.String({
    minLength: 1,
    maxLength: sizeAudiencesMax * listedIdCharacters,
    description: `1 to ${sizeAudiencesMax} different audiences, joined by commas.`,
    examples: ['0399abedfd3d5e10c2aa,1f0c9a7be2d34c5b6a79'],
  }),
  since: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 40,
      description:
        'A timestamp: from the version that was the present one at that moment. By default from the first that is kept.',
      examples: ['2026-01-31T09:30:00.000Z'],
    }),
  ),
});

export const sizesSchema = closed(
  {
    audiences: Type.Array(
      closed({
        id: resourceIdSchema,
        points: Type.Array(
          closed({
            version: Type.Integer({ minimum: 1 }),
            madeAt: { ...timestampSchema, description: 'When the version was made.' },
            customerCount: Type.Integer({ minimum: 0, description: 'Distinct customers in this version.' }),
          }),
          {
            maxItems: sizePointsMax,
            description: `By version. Of more than ${sizePointsMax} the first, the last, and others at equal distances.`,
          },
        ),
      }),
      { maxItems: sizeAudiencesMax, description: 'In the order in which they were asked for.' },
    ),
  },
  { $id: 'customerAudienceSizes' },
);
