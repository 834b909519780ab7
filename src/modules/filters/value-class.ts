import type { FilterType } from './filter-type.ts';
import { ageBands, amountBands, bandOf, integerBands } from './value-bands.ts';

/** As many as a public data set may have of a US ZIP code (45 CFR 164.514(b)(2)). */
const postalCharacters = 3;
const yearsInClass = 5;
const hidden = '***';

/**
 * What may be said of a customer's value: a band of numbers and years, a choice as it is, of texts as good as nothing.
 * It is never an exact amount, day, postal code or free text.
 *
 * @param value as its column has it, a text as it was loaded
 * @param options.today days since 1970-01-01 (UTC)
 */
export function valueClassOf(type: FilterType, value: number | string, options: { today: number }): string {
  if (typeof value === 'string') return textClass(type, value);
  const { constraints, coding, dataType } = type;
  const choices = constraints.choices ?? [];
  if (coding === 'age') return bandOf(ageBands(options.today), value);
  if (coding === 'flags') return choices.filter((_choice, bit) => (value & (1 << bit)) !== 0).join(', ') || 'none';
  switch (dataType) {
    case 'boolean':
      return String(value === 1);
    case 'enumeration':
      return choices[value] ?? hidden;
    case 'date':
      return yearsAround(value);
    case 'decimal':
      return bandOf(amountBands, value);
    default:
      return bandOf(integerBands, value);
  }
}

function textClass({ id, name, dataType }: FilterType, text: string): string {
  if (dataType === 'enumeration') return text;
  // What an institution defines may hold anything.
  if (id !== name) return 'present';
  const shown = name === 'postalCode' ? postalCharacters : 1;
  const characters = [...text];
  return characters.length > shown ? `${characters.slice(0, shown).join('')}${hidden}` : hidden;
}

/** "2015-2019". */
function yearsAround(day: number): string {
  const year = new Date(day * 86_400_000).getUTCFullYear();
  const first = Math.floor(year / yearsInClass) * yearsInClass;
  return `${first}-${first + yearsInClass - 1}`;
}
