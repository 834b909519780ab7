import { syntheticTaxId } from './synthetic-tax-ids.ts';

/** A list as a colleague would send it: mostly good, written in several ways, with what goes wrong in real life. */
export interface DemoList {
  readonly text: string;
  readonly lineCount: number;
}

const knownCount = 2_000;
const unknownCount = 350;
const repeatedCount = 120;
const strippedCount = 18;
/** Coprime to the number of customers: the list names them from all over the base. */
const stride = 7;

/**
 * @param customerCount how many synthetic customers the institution has; later ones are unknown there
 */
export function demoList(customerCount: number): DemoList {
  const known = Array.from({ length: knownCount }, (_, k) => syntheticTaxId((k * stride) % customerCount));
  const unknown = Array.from({ length: unknownCount }, (_, k) => syntheticTaxId(customerCount + k * stride));
  const repeated = known.slice(0, repeatedCount).map((taxId, k) => written(taxId, k + 1));
  const lines = [
    ...known.map(written),
    ...unknown.map(written),
    ...repeated,
    ...strippedZeros(customerCount),
    ...brokenLines,
  ];
  const mixed = lines.map((_, at) => lines[(at * mixingStride(lines.length)) % lines.length] ?? '');
  return { text: `${mixed.join('\r\n')}\r\n`, lineCount: mixed.length };
}

/** As people and programs write tax ids. */
function written(taxId: string, way: number): string {
  switch (way % 5) {
    case 1:
      return `${taxId.slice(0, 3)}-${taxId.slice(3, 5)}-${taxId.slice(5)}`;
    case 2:
      return `${taxId.slice(0, 2)}-${taxId.slice(2)}`;
    case 3:
      return ` ${taxId.slice(0, 3)} ${taxId.slice(3, 5)} ${taxId.slice(5)}`;
    default:
      return taxId;
  }
}

/** Tax ids that a spreadsheet took for numbers: their leading zero is gone. */
function strippedZeros(customerCount: number): readonly string[] {
  const stripped: string[] = [];
  for (let index = 1; index < customerCount && stripped.length < strippedCount; index++) {
    const taxId = syntheticTaxId(index);
    if (taxId.startsWith('0')) stripped.push(taxId.slice(1));
  }
  return stripped;
}

const brokenLines = [
  '',
  '   ',
  ',,',
  '9.60001E+08',
  '9.72344E+08',
  '123-45-6789',
  '999999999',
  '000-12-3456',
  '96-12',
  'n/a',
  'unknown',
  '961234567890',
  `${syntheticTaxId(4)},${syntheticTaxId(5)}`,
  `${syntheticTaxId(8)};${syntheticTaxId(9)}`,
  `"${syntheticTaxId(10)}`,
];

/** A step coprime to the length, so that each line comes once. */
function mixingStride(length: number): number {
  let step = Math.floor(length * 0.618);
  while (greatestCommonDivisor(step, length) !== 1) step++;
  return step;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
