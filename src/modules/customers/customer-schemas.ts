import { type Static, Type } from 'typebox';
import { closed, resourceIdSchema } from '../../http/schema-parts.ts';

/** Bounds of the stored fields, in characters; the loads refuse what is longer, so every answer stays within them. */
export const coreCustomerIdMax = 64;
export const nameMax = 200;
export const emailAddressMax = 254;
export const phoneNumberMax = 20;
export const codeMax = 20;
export const branchMax = 40;
export const accountNumberMax = 32;
export const accountNumbersMax = 256;
export const revealReasonMax = 200;

export const customerTypes = ['retail', 'business'] as const;
export type CustomerType = (typeof customerTypes)[number];

/** The mark by which log redaction and field permission know a person's data. */
const personal = { 'x-personal': true } as const;

const name = Type.String({ maxLength: nameMax, ...personal });

/** A customer. Fields without a value are absent. */
export const customerItemSchema = Type.Object(
  {
    id: resourceIdSchema,
    coreCustomerId: Type.String({
      minLength: 1,
      maxLength: coreCustomerIdMax,
      description: 'The id in the core system.',
      ...personal,
    }),
    customerType: Type.Enum([...customerTypes]),
    givenName: Type.Optional(name),
    familyName: Type.Optional(name),
    businessName: Type.Optional(name),
    emailAddress: Type.Optional(
      Type.String({
        maxLength: emailAddressMax + 3,
        description: 'Masked (`j***@example.com`) unless it is revealed.',
        ...personal,
      }),
    ),
    phoneNumber: Type.Optional(
      Type.String({
        maxLength: phoneNumberMax,
        description: 'Masked (`***-**-4567`) unless it is revealed; then E.164.',
        ...personal,
      }),
    ),
    regionCode: Type.Optional(Type.String({ maxLength: codeMax })),
    postalCode: Type.Optional(Type.String({ maxLength: codeMax })),
    birthYear: Type.Optional(Type.Integer({ minimum: 1800, maximum: 2999 })),
    customerSince: Type.Optional(Type.String({ format: 'date', maxLength: 10 })),
    taxIdNumber: Type.Optional(Type.String({ maxLength: 9, description: 'Only when revealed.', ...personal })),
    accountNumbers: Type.Optional(
      Type.Array(Type.String({ maxLength: accountNumberMax }), {
        maxItems: accountNumbersMax,
        description: 'Only when revealed.',
        ...personal,
      }),
    ),
  },
  { $id: 'customer', additionalProperties: false },
);

export type CustomerItem = Static<typeof customerItemSchema>;

/** The headers of operations that can reveal; `revealOf` says what they mean. */
export const revealHeadersSchema = Type.Object({
  'reveal-reason': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: revealReasonMax,
      // Control characters would break up the lines of whoever reads the trail.
      pattern: '^[^\\u0000-\\u001F\\u007F-\\u009F]*$',
      description:
        'Why e-mail, phone, tax id and accounts are shown in full: needs the scope `identity/read` and goes to the audit trail. Without it they are masked.',
    }),
  ),
});

export const customerParamsSchema = closed({ customerId: resourceIdSchema });
