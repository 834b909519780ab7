import { type Static, Type } from 'typebox';
import { closed, resourceIdSchema } from '../../http/schema-parts.ts';

/** More than there are built-in types and attributes together. */
const limitsMax = 200;
/** More than there are templates. */
const excludedMax = 200;
const choicesMax = 500;

const bound = (words: string) =>
  Type.Union(
    [
      Type.Number({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }),
      Type.String({ minLength: 1, maxLength: 17 }),
    ],
    {
      description: `${words} value that a filter may have, within the type's own bounds: of an integer a number, of a decimal a number or "100.00", of a date "2026-01-31".`,
    },
  );

const limitSchema = closed(
  {
    name: Type.String({ minLength: 1, maxLength: 60, description: 'The filter type, built-in or an attribute.' }),
    hidden: Type.Optional(Type.Boolean({ description: 'New filters cannot use it.' })),
    minimum: Type.Optional(bound('The least')),
    maximum: Type.Optional(bound('The greatest')),
    choices: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
        minItems: 1,
        maxItems: choicesMax,
        description: 'Those of the choices of the type that filters may ask about.',
      }),
    ),
  },
  { $id: 'filterTypeLimit' },
);

const excludedSchema = Type.Array(resourceIdSchema, {
  maxItems: excludedMax,
  uniqueItems: true,
  description: 'Templates, built-in or your own, that no audience is made from.',
});

const limitsSchema = Type.Array(limitSchema, {
  maxItems: limitsMax,
  description: 'What new filters may ask, where that is less than the filter types allow.',
});

const operatorSetting = 'Set by whoever runs the server.';

export const settingsSchema = closed(
  {
    excludedCustomerAudienceTemplates: excludedSchema,
    filterTypes: limitsSchema,
    defaultCountry: Type.Optional(
      Type.String({
        pattern: '^[A-Z]{2}$',
        readOnly: true,
        description: `Country of phone numbers without a country code (ISO 3166). ${operatorSetting}`,
      }),
    ),
    secondFactorRequired: Type.Boolean({
      readOnly: true,
      description: `Whether everybody needs a second factor, whatever their role. ${operatorSetting}`,
    }),
    distinctValuesPerDayMax: Type.Integer({
      minimum: 0,
      readOnly: true,
      description: `Distinct values that one caller may submit in imports a day (UTC). ${operatorSetting}`,
    }),
    versionsKeptDays: Type.Integer({
      minimum: 1,
      readOnly: true,
      description: `Days for which versions of audiences are kept after they were the present one. ${operatorSetting}`,
    }),
    versionsKeptMin: Type.Integer({
      minimum: 1,
      readOnly: true,
      description: `Newest versions of an audience that are kept however old they are. ${operatorSetting}`,
    }),
  },
  { $id: 'institutionSettings' },
);

export type Settings = Static<typeof settingsSchema>;

/** RFC 7396: absent = keep, null = clear. An array is replaced whole. */
export const settingsPatchSchema = closed(
  {
    excludedCustomerAudienceTemplates: Type.Optional(Type.Union([excludedSchema, Type.Null()])),
    filterTypes: Type.Optional(Type.Union([limitsSchema, Type.Null()])),
  },
  { $id: 'institutionSettingsPatch' },
);

export type SettingsPatch = Static<typeof settingsPatchSchema>;
