import { randomSource } from '../../src/cli/demo/random.ts';
import { syntheticTaxId } from '../../src/cli/demo/synthetic-tax-ids.ts';
import { productTypes } from '../../src/modules/customers/accounts/product-types.ts';

const linesPerChunk = 20_000;

/** Of five lines four are customers. */
const unknownEvery = 5;

/** The customers in an order that has nothing to do with theirs, the same each time (Fisher-Yates). */
function shuffledCustomers(customers: number): Uint32Array {
  const order = Uint32Array.from({ length: customers }, (_none, index) => index);
  const source = randomSource(20_261_124, customers);
  for (let last = customers - 1; last > 0; last -= 1) {
    const chosen = source.integer(last + 1);
    const swapped = order[last] ?? 0;
    order[last] = order[chosen] ?? 0;
    order[chosen] = swapped;
  }
  return order;
}

function lineValue(index: number, order: Uint32Array): string {
  if (index % unknownEvery === unknownEvery - 1) return syntheticTaxId(order.length + index);
  return syntheticTaxId(order[index % order.length] ?? 0);
}

/** A list of distinct tax ids, one a line, 80 % of them known (as long as there are as many customers as lines). */
export function* taxIdList(options: { lines: number; customers: number }): Generator<Uint8Array> {
  const order = shuffledCustomers(options.customers);
  for (let from = 0; from < options.lines; from += linesPerChunk) {
    const length = Math.min(linesPerChunk, options.lines - from);
    const values = Array.from({ length }, (_none, index) => lineValue(from + index, order));
    yield Buffer.from(`${values.join('\n')}\n`);
  }
}

export const benchColumns =
  'coreCustomerId,customerType,givenName,familyName,emailAddress,regionCode,postalCode,birthYear,customerSince,taxIdNumber,accountNumbers';

/** Customers with three identifiers each (tax id, account, e-mail), as the CSV of a load. */
export function* customerFile(customers: number): Generator<Uint8Array> {
  yield Buffer.from(`${benchColumns}\n`);
  for (let from = 0; from < customers; from += linesPerChunk) {
    const length = Math.min(linesPerChunk, customers - from);
    const rows = Array.from({ length }, (_none, offset) => customerRow(from + offset));
    yield Buffer.from(`${rows.join('\n')}\n`);
  }
}

/** Five accounts for each four customers, one in five of them a joint one. */
export function accountCount(customers: number): number {
  return Math.floor((customers * 5) / 4);
}

/** Accounts of the customers of {@link customerFile}, as the CSV of a load of accounts. */
export function* accountFile(customers: number): Generator<Uint8Array> {
  yield Buffer.from('accountId,coreCustomerIds,productType,balance,openedOn,closedOn\n');
  const accounts = accountCount(customers);
  for (let from = 0; from < accounts; from += linesPerChunk) {
    const length = Math.min(linesPerChunk, accounts - from);
    const rows = Array.from({ length }, (_none, offset) => accountRow(from + offset, customers));
    yield Buffer.from(`${rows.join('\n')}\n`);
  }
}

function accountRow(index: number, customers: number): string {
  const ownerOf = (position: number) => `C${String(position % customers).padStart(8, '0')}`;
  const first = Math.floor((index * 4) / 5);
  const owners = index % 5 === 4 ? `${ownerOf(first)}|${ownerOf(first + 1)}` : ownerOf(first);
  const product = productTypes[index % productTypes.length] ?? '';
  const opened = `20${String(index % 25).padStart(2, '0')}-0${1 + (index % 9)}-1${index % 9}`;
  return `${String(index + 1).padStart(12, '0')},${owners},${product},${(index * 7919) % 1_000_000}.${String(index % 100).padStart(2, '0')},${opened},`;
}

function customerRow(index: number): string {
  const number = String(index).padStart(8, '0');
  const since = `20${String(index % 25).padStart(2, '0')}-0${1 + (index % 9)}-1${index % 9}`;
  const account = String(index + 1).padStart(12, '0');
  return `C${number},retail,Given${index % 997},Family${index % 4999},c${index}@example.com,NC,27${String(index % 1000).padStart(3, '0')},${1940 + (index % 65)},${since},${syntheticTaxId(index)},${account}`;
}
