import { type RandomSource, randomSource } from './random.ts';
import { businessOpenings, businessTrades, familyNames, givenNames } from './synthetic-names.ts';
import { type Place, places } from './synthetic-places.ts';
import { syntheticTaxId } from './synthetic-tax-ids.ts';

/** Columns of the file in order: those of a customer load, then `relationshipTier`, an attribute of the demo's bank. */
export const syntheticColumns = [
  'coreCustomerId',
  'customerType',
  'givenName',
  'familyName',
  'businessName',
  'emailAddress',
  'phoneNumber',
  'regionCode',
  'postalCode',
  'birthYear',
  'customerSince',
  'taxIdNumber',
  'username',
  'accountNumbers',
  'branch',
  'lastLoginAt',
  'onlineBankingEnrolled',
  'electronicStatements',
  'consentEmail',
  'consentSms',
  'consentPhone',
  'consentMail',
  'relationshipTier',
] as const;

export type SyntheticColumn = (typeof syntheticColumns)[number];
/** Every cell as the file has it; '' = absent. */
export type SyntheticCustomer = Readonly<Record<SyntheticColumn, string>>;

export const relationshipTiers = ['basic', 'silver', 'gold'] as const;
export const seedDefault = 20_240_229;
const rowsPerChunk = 2_000;
const mailDomains = ['example.com', 'example.net', 'example.org'] as const;

/**
 * A customer base that never was, as the CSV of a customer load, in chunks of UTF-8. The same count and seed give the
 * same bytes; a longer file begins with the shorter one. E-mail addresses are of the domains of RFC 2606, telephone
 * numbers are 555-01xx, tax ids of ranges that nobody issues.
 */
export function syntheticCustomers(options: { count: number; seed?: number }): Generator<Uint8Array> {
  return customerFile(eachCustomer(options));
}

function* eachCustomer({ count, seed }: { count: number; seed?: number }): Generator<SyntheticCustomer> {
  for (let index = 0; index < count; index++) yield syntheticCustomer(index, seed);
}

/** Customers as the CSV of a customer load, in chunks of UTF-8. */
export function* customerFile(customers: Iterable<SyntheticCustomer>): Generator<Uint8Array> {
  let rows = [syntheticColumns.join(',')];
  for (const customer of customers) {
    rows.push(syntheticColumns.map((column) => customer[column]).join(','));
    if (rows.length >= rowsPerChunk) {
      yield Buffer.from(`${rows.join('\n')}\n`);
      rows = [];
    }
  }
  if (rows.length > 0) yield Buffer.from(`${rows.join('\n')}\n`);
}

/**
 * Customer number `index`, from 0. Customers 2n and 2n+1 are a pair; in one case of four it is a household, which shares
 * a name, a place and a joint account, and often an e-mail address; in one of 27 the second is the business of the
 * first and has its tax id, as sole proprietors do. Of all others one in nine is a business.
 */
export function syntheticCustomer(index: number, seed: number = seedDefault): SyntheticCustomer {
  const { household, isProprietorship } = pairOf(index, seed);
  const source = randomSource(seed, index);
  const isOwned = isProprietorship && index % 2 === 1;
  const isBusiness = household === undefined && (source.chance(11) || isOwned);
  const holder = isBusiness ? business(source) : person(household?.familyName, source);
  const place = household?.place ?? source.pick(places);
  const mailbox = `${holder.mailbox}.${index.toString(36)}`;
  const sinceFrom = holder.birthYear === undefined ? 1995 : Math.max(1995, holder.birthYear + 17);
  const accounts = accountsOf(index, household, source);
  return {
    coreCustomerId: `C${String(index + 1).padStart(8, '0')}`,
    customerType: holder.birthYear === undefined ? 'business' : 'retail',
    givenName: holder.givenName,
    familyName: holder.familyName,
    businessName: holder.businessName,
    emailAddress: household?.emailAddress ?? (source.chance(92) ? `${mailbox}@${source.pick(mailDomains)}` : ''),
    phoneNumber: source.chance(85) ? `(${source.pick(place.areaCodes)}) 555-01${twoDigits(source.integer(100))}` : '',
    regionCode: place.regionCode,
    postalCode: String(place.postalCodeFrom + (household?.postalOffset ?? source.integer(900))).padStart(5, '0'),
    birthYear: holder.birthYear === undefined ? '' : String(holder.birthYear),
    customerSince: dateBetween(sinceFrom, 2025, source),
    taxIdNumber: source.chance(98) ? syntheticTaxId(isOwned ? index - 1 : index) : '',
    username: source.chance(60) ? mailbox : '',
    accountNumbers: accounts.join('|'),
    ...relationshipOf(index, { seed, regionCode: place.regionCode }),
  };
}

/** What filters ask besides; from a source of its own, so that the other cells stay as they are. */
function relationshipOf(index: number, { seed, regionCode }: { seed: number; regionCode: string }) {
  const source = randomSource(seed ^ 0x0f17, index);
  const isEnrolled = source.chance(64);
  const consent = (percent: number) => (source.chance(10) ? '' : String(source.chance(percent)));
  const loginAt = `${dateBetween(2023, 2025, source)}T${twoDigits(source.integer(24))}:${twoDigits(source.integer(60))}:00Z`;
  return {
    branch: `${regionCode}-${twoDigits(1 + source.integer(6))}`,
    lastLoginAt: isEnrolled && source.chance(93) ? loginAt : '',
    onlineBankingEnrolled: String(isEnrolled),
    electronicStatements: String(isEnrolled && source.chance(55)),
    consentEmail: consent(60),
    consentSms: consent(35),
    consentPhone: consent(20),
    consentMail: consent(75),
    relationshipTier: source.chance(70) ? 'basic' : source.pick(relationshipTiers),
  };
}

interface Household {
  readonly familyName: string;
  readonly place: Place;
  readonly postalOffset: number;
  readonly emailAddress: string | undefined;
  readonly jointAccount: string;
}

interface Pair {
  readonly household?: Household;
  readonly isProprietorship: boolean;
}

function pairOf(index: number, seed: number): Pair {
  const number = index >>> 1;
  const source = randomSource(~seed, number);
  if (!source.chance(25)) return { isProprietorship: source.chance(5) };
  const familyName = source.pick(familyNames);
  const household = {
    familyName,
    place: source.pick(places),
    postalOffset: source.integer(900),
    emailAddress: source.chance(40)
      ? `the.${familyName.toLowerCase()}s.${number.toString(36)}@${source.pick(mailDomains)}`
      : undefined,
    jointAccount: accountNumber(number, 7),
  };
  return { household, isProprietorship: false };
}

interface Holder {
  readonly givenName: string;
  readonly familyName: string;
  readonly businessName: string;
  readonly mailbox: string;
  readonly birthYear: number | undefined;
}

function person(sharedFamilyName: string | undefined, source: RandomSource): Holder {
  const givenName = source.pick(givenNames);
  const familyName = sharedFamilyName ?? source.pick(familyNames);
  const mailbox = `${givenName}.${familyName}`.toLowerCase();
  return { givenName, familyName, businessName: '', mailbox, birthYear: 1938 + source.integer(69) };
}

function business(source: RandomSource): Holder {
  const opening = source.pick(businessOpenings);
  const trade = source.pick(businessTrades);
  const mailbox = `${opening}.${trade}`.toLowerCase().replaceAll(' ', '');
  return { givenName: '', familyName: '', businessName: `${opening} ${trade}`, mailbox, birthYear: undefined };
}

/** One or two accounts of one's own, and the joint one, which belongs to both members of a household. */
function accountsOf(index: number, household: Household | undefined, source: RandomSource): readonly string[] {
  const own = Array.from({ length: 1 + source.integer(2) }, (_none, k) => accountNumber(index * 2 + k, 1));
  // A number more for each was drawn here once, and what is drawn after them must stay as it is.
  for (const _account of own) source.integer(1);
  return household === undefined ? own : [...own, household.jointAccount];
}

/** Twelve digits that begin with zeros, as many core systems write them; the last one says what kind it is. */
function accountNumber(serial: number, kind: number): string {
  return `${String(serial + 1).padStart(11, '0')}${kind}`;
}

/** Years inclusive; days up to the 28th, so that every month has them. */
function dateBetween(yearFrom: number, yearTo: number, source: RandomSource): string {
  const year = yearFrom + source.integer(yearTo - yearFrom + 1);
  return `${year}-${twoDigits(1 + source.integer(12))}-${twoDigits(1 + source.integer(28))}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
