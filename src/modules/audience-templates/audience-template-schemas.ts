import { type Static, Type } from 'typebox';
import {
  closed,
  markdownSchema,
  resourceIdSchema,
  timestampSchema,
  visibleTextPattern,
} from '../../http/schema-parts.ts';
import { audienceRefreshSchema, filtersSchema } from '../filters/index.ts';

export const templatesMax = 100;
export const templateNameCharactersMax = 80;

const name = Type.String({
  minLength: 1,
  maxLength: templateNameCharactersMax,
  pattern: visibleTextPattern,
  description: 'Unique in the institution, whatever the case and the spaces.',
  examples: ['Young savers of the coast'],
});
const description = markdownSchema({
  maxLength: 4_000,
  description: 'Markdown (CommonMark); raw HTML is not rendered.',
});

export const templateSchema = closed(
  {
    id: resourceIdSchema,
    name,
    description: Type.Optional(description),
    filters: filtersSchema,
    refresh: Type.Optional(audienceRefreshSchema),
    builtIn: Type.Boolean({ description: 'Whether every institution has it. It can be neither changed nor deleted.' }),
    excluded: Type.Boolean({ description: 'Whether the institution makes no audiences from it (its settings).' }),
    createdAt: Type.Optional(timestampSchema),
    createdBy: Type.Optional(
      Type.String({ maxLength: 48, description: 'Who made it: the id of the principal. Of built-in ones absent.' }),
    ),
    updatedAt: Type.Optional(timestampSchema),
  },
  { $id: 'customerAudienceTemplate' },
);

export type CustomerAudienceTemplate = Static<typeof templateSchema>;

export const newTemplateSchema = closed(
  {
    name,
    description: Type.Optional(description),
    filters: filtersSchema,
    refresh: Type.Optional(audienceRefreshSchema),
  },
  { $id: 'newCustomerAudienceTemplate' },
);

export type NewTemplate = Static<typeof newTemplateSchema>;

/** RFC 7396: absent = keep, null = clear. `name: null` and `filters: null` are well formed and cannot be done: 422. */
export const templatePatchSchema = closed(
  {
    name: Type.Optional(Type.Union([name, Type.Null()])),
    description: Type.Optional(Type.Union([description, Type.Null()])),
    filters: Type.Optional(Type.Union([filtersSchema, Type.Null()])),
    refresh: Type.Optional(Type.Union([audienceRefreshSchema, Type.Null()])),
  },
  { $id: 'customerAudienceTemplatePatch' },
);

export type TemplatePatch = Static<typeof templatePatchSchema>;
