import { type Static, Type } from 'typebox';
import { loadProperties, loadQuery } from '../loads/load-schemas.ts';
import { columnNames } from '../loads/row-shape.ts';
import { accountFields, accountShape, ownersMax } from './account-fields.ts';
import { productTypes } from './product-types.ts';

export const accountLoadQuerySchema = loadQuery('the accounts that the file does not name');

export const accountLoadSchema = Type.Object(
  loadProperties(Type.Enum([...accountFields]), {
    sum: 'inserted, updated, unchanged and invalid',
    removed: 'Accounts that a `replace` did not name.',
  }),
  { $id: 'accountLoad', additionalProperties: false },
);

export type AccountLoad = Static<typeof accountLoadSchema>;

const values = `\`productType\` is one of ${productTypes.join(', ')}; \`balance\` an amount like -12.50; dates are YYYY-MM-DD`;

export const accountCsvSchema = Type.String({
  description: `CSV in UTF-8 (RFC 4180) with a header of ${columnNames(accountShape).join(', ')}; up to ${ownersMax} owners are separated by a pipe. ${values}. An absent column keeps what is stored, an empty cell clears it.`,
});
export const accountNdjsonSchema = Type.String({
  description: `One JSON object a line with the same names; \`coreCustomerIds\` is an array, \`balance\` a string. ${values}. An absent member keeps what is stored, \`null\` clears it.`,
});
