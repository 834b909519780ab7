/** The area codes and exchanges of North American numbers of which every number is valid and keeps its digits. */
export interface PlainPrefixes {
  has(areaCode: number, exchange: number): boolean;
}

const unknown = 0;
const plain = 1;
const mixed = 2;

/**
 * libphonenumber reads 58,000 numbers a second, so it is asked a few times for each area code, when the first number of
 * it comes, instead of for each line. Its rules treat the exchanges of an area code alike, but for those that end in 11
 * and for 555: such an area code has no plain exchange. A test compares every exchange of every area code with the
 * library at the version that is installed.
 *
 * @param isValid the library's word on an E.164 number
 */
export function createPlainPrefixes(isValid: (number: string) => boolean): PlainPrefixes {
  const areas = new Uint8Array(1_000);
  return {
    has(areaCode, exchange) {
      if (areaCode < 200 || exchange < 200) return false;
      if (areas[areaCode] === unknown) areas[areaCode] = isPlainArea(areaCode, isValid) ? plain : mixed;
      return areas[areaCode] === plain;
    },
  };
}

function isPlainArea(areaCode: number, isValid: (number: string) => boolean): boolean {
  return probedExchanges.every((exchange) => isValid(`+1${areaCode}${exchange}5678`));
}

/** Each first digit with an ordinary ending, with 11 and with 00, and the exchange of films. */
const probedExchanges: readonly string[] = [
  ...['2', '3', '4', '5', '6', '7', '8', '9'].flatMap((digit) => [`${digit}34`, `${digit}11`, `${digit}00`]),
  '555',
];
