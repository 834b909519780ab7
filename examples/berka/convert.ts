import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/lib/package-root.ts';
import { berkaAccountList, berkaAccountsCsv, berkaCustomersCsv, hasBerkaData } from './berka-data.ts';

const [from = join(packageRoot(), '..', 'shared', 'data', 'berka'), to = '.'] = process.argv.slice(2);
if (hasBerkaData(from)) {
  mkdirSync(to, { recursive: true });
  writeFileSync(join(to, 'berka-customers.csv'), berkaCustomersCsv(from));
  writeFileSync(join(to, 'berka-accounts.csv'), berkaAccountsCsv(from));
  writeFileSync(join(to, 'berka-accounts.txt'), berkaAccountList(from));
  console.log(`berka-customers.csv, berka-accounts.csv and berka-accounts.txt are in ${to}`);
} else {
  console.error(`there is no client.asc in ${from}; give the folder of the data set`);
  process.exitCode = 1;
}
