import type { CsvColumn } from '../../../http/csv-page.ts';
import type { CustomerItem } from '../../customers/index.ts';

const clearColumns: readonly CsvColumn<CustomerItem>[] = [
  { name: 'id', value: (customer) => customer.id },
  { name: 'coreCustomerId', value: (customer) => customer.coreCustomerId },
  { name: 'customerType', value: (customer) => customer.customerType },
  { name: 'givenName', value: (customer) => customer.givenName },
  { name: 'familyName', value: (customer) => customer.familyName },
  { name: 'businessName', value: (customer) => customer.businessName },
  { name: 'emailAddress', value: (customer) => customer.emailAddress },
  { name: 'phoneNumber', value: (customer) => customer.phoneNumber },
  { name: 'regionCode', value: (customer) => customer.regionCode },
  { name: 'postalCode', value: (customer) => customer.postalCode },
  { name: 'birthYear', value: (customer) => customer.birthYear },
  { name: 'customerSince', value: (customer) => customer.customerSince },
];

const revealedColumns: readonly CsvColumn<CustomerItem>[] = [
  { name: 'taxIdNumber', value: (customer) => customer.taxIdNumber },
  { name: 'accountNumbers', value: (customer) => customer.accountNumbers },
];

/**
 * The columns of members as CSV, by the names under which they are loaded. What a masked page lacks has no column: an
 * empty cell would mean "clear it" to whoever loads the file.
 */
export function memberColumns(options: { revealed: boolean }): readonly CsvColumn<CustomerItem>[] {
  return options.revealed ? [...clearColumns, ...revealedColumns] : clearColumns;
}
