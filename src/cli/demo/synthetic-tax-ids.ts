/**
 * Tax ids for synthetic customers: well-formed nine digits from ranges that no authority issues, so that no generated
 * value can be a real person's or company's number.
 *
 * - 96x-xx and 97x-xx with a group below 50: an SSN never begins with 9, an ITIN has a group of 50 or more, and the
 *   IRS assigns no EIN prefix 96 or 97. 10,000,000 values.
 * - 07x, 08x, 09x with group 00: an SSN never has group 00, and 07, 08 and 09 are no EIN prefixes. 300,000 values, which
 *   begin with zero, so that a spreadsheet spoils them.
 *
 * (SSA, "Social Security Number Randomization"; IRS, "How EINs are assigned"; IRS, ITIN ranges.)
 */
const ninesCount = 10_000_000;
const zerosCount = 300_000;

/** How many different tax ids there are; indexes from here on repeat. */
export const syntheticTaxIdsMax = ninesCount + zerosCount;

/** Coprime to `syntheticTaxIdsMax`, so that `index -> slot` visits each slot once. */
const stride = 7_368_787;

/** @returns the tax id of customer number `index` (from 0); distinct for all indexes below `syntheticTaxIdsMax` */
export function syntheticTaxId(index: number): string {
  const slot = ((index % syntheticTaxIdsMax) * stride) % syntheticTaxIdsMax;
  return slot < ninesCount ? nineDigits(slot) : leadingZeroDigits(slot - ninesCount);
}

function nineDigits(slot: number): string {
  const area = 960 + Math.floor(slot / 500_000);
  return `${area}${String(slot % 500_000).padStart(6, '0')}`;
}

function leadingZeroDigits(slot: number): string {
  const area = 70 + Math.floor(slot / 10_000);
  return `0${area}00${String(slot % 10_000).padStart(4, '0')}`;
}
