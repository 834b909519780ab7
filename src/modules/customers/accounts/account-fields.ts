import type { RowShape } from '../loads/row-shape.ts';

/** The fields of an account besides its key, `accountId`: columns of CSV, members of NDJSON. */
export const accountFields = ['coreCustomerIds', 'productType', 'balance', 'openedOn', 'closedOn'] as const;

export type AccountField = (typeof accountFields)[number];

/** A balance is text: a JSON number may have lost its cents. */
export const accountShape: RowShape = {
  keyField: 'accountId',
  fields: accountFields.map((name) => ({ name, form: name === 'coreCustomerIds' ? 'list' : 'text' })),
};

/** Owners of one account. */
export const ownersMax = 16;

/** Which fields a row has: bit i is field i. One that is absent keeps what is stored. */
export function fieldMask(fields: readonly AccountField[]): number {
  return fields.reduce((mask, field) => mask | (1 << accountFields.indexOf(field)), 0);
}

export const allFields = fieldMask(accountFields);
