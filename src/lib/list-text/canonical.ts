export const refusalReasons = [
  'scientificNotation',
  'leadingZerosLost',
  'invalidFormat',
  'impossibleValue',
  'placeholderValue',
] as const;

export type RefusalReason = (typeof refusalReasons)[number];

/** The canonical value of a cell, or why there is none. */
export type Canonical =
  | { readonly value: string; readonly reason?: undefined }
  | {
      readonly value?: undefined;
      readonly reason: RefusalReason;
      /** With `leadingZerosLost`: the value that the repair `restoreLeadingZeros` gives, if it is a valid one. */
      readonly repaired?: string;
    };

export interface Canonicaliser {
  /** Takes a cell as it was read: it cleans the cell itself (`cleanCell`), then applies the rule. Never throws. */
  canonicalise(cell: string): Canonical;
  /**
   * The fast path for plain ASCII cells without white space around: writes the canonical bytes to `target[at...]`,
   * where as much room must be as the cell is long, and 4 bytes. What it writes is what `canonicalise` gives.
   *
   * @returns how many bytes it wrote, or -1: take the slow path
   */
  canonicaliseBytes?(source: Uint8Array, start: number, end: number, target: Uint8Array, at: number): number;
}
