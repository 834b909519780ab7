import { randomSource } from './random.ts';
import { seedDefault, syntheticCustomer } from './synthetic-customers.ts';

/** Columns of the file in order: those of a load of accounts. */
export const syntheticAccountColumns = [
  'accountId',
  'coreCustomerIds',
  'productType',
  'balance',
  'openedOn',
  'closedOn',
] as const;

/** Every cell as the file has it; '' = absent. */
export type SyntheticAccount = Readonly<Record<(typeof syntheticAccountColumns)[number], string>>;

const rowsPerChunk = 2_000;
/** Of a hundred accounts so many are of each product. */
const productShares = [
  ['checking', 38],
  ['savings', 32],
  ['cd', 8],
  ['ira', 6],
  ['loan', 10],
  ['creditCard', 6],
] as const;
const products = productShares.flatMap(([product, share]) => Array.from({ length: share }, () => product));
const lastYear = 2025;

/**
 * The accounts of the synthetic customers, as the CSV of a load of accounts, in chunks of UTF-8. The same count and seed
 * give the same bytes.
 *
 * @param options.count of customers, not of accounts
 * @param options.from the first customer, an even number; default 0
 */
export function* syntheticAccounts(options: { from?: number; count: number; seed?: number }): Generator<Uint8Array> {
  const { from = 0 } = options;
  let rows = [syntheticAccountColumns.join(',')];
  for (let index = from; index < from + options.count; index += 2) {
    for (const account of accountsOfPair(index, { ...options, to: from + options.count })) {
      rows.push(syntheticAccountColumns.map((column) => account[column]).join(','));
    }
    if (rows.length < rowsPerChunk) continue;
    yield Buffer.from(`${rows.join('\n')}\n`);
    rows = [];
  }
  if (rows.length > 0) yield Buffer.from(`${rows.join('\n')}\n`);
}

/** Customers 2n and 2n+1 may have a joint account, which the file names once. */
function accountsOfPair(index: number, { to, seed = seedDefault }: { to: number; seed?: number }) {
  const owners = [index, index + 1].filter((owner) => owner < to).map((owner) => syntheticCustomer(owner, seed));
  const numbers = new Set(owners.flatMap(({ accountNumbers }) => accountNumbers.split('|')));
  return [...numbers].map((number): SyntheticAccount => {
    const own = owners.filter(({ accountNumbers }) => accountNumbers.split('|').includes(number));
    const sinceYear = Math.max(...own.map(({ customerSince }) => Number(customerSince.slice(0, 4))));
    return accountOf(number, { seed, sinceYear, owners: own.map(({ coreCustomerId }) => coreCustomerId) });
  });
}

function accountOf(
  number: string,
  facts: { seed: number; sinceYear: number; owners: readonly string[] },
): SyntheticAccount {
  const source = randomSource(facts.seed ^ 0x5acc, Number(number) % 2 ** 31);
  const productType = source.pick(products);
  // Few are rich: the product of two numbers is small most of the time.
  const dollars = Math.floor((source.integer(1_000) * source.integer(1_000)) / (productType === 'checking' ? 40 : 8));
  const isOverdrawn = productType === 'checking' && source.chance(4);
  const openedYear = facts.sinceYear + source.integer(lastYear - facts.sinceYear + 1);
  const day = `${twoDigits(1 + source.integer(12))}-${twoDigits(1 + source.integer(28))}`;
  return {
    accountId: number,
    coreCustomerIds: facts.owners.join('|'),
    productType,
    balance: `${isOverdrawn && dollars > 0 ? '-' : ''}${isOverdrawn ? dollars % 500 : dollars}.${twoDigits(source.integer(100))}`,
    openedOn: `${openedYear}-${day}`,
    closedOn: source.chance(5) ? `${lastYear}-12-31` : '',
  };
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
