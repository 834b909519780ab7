export interface Reason {
  readonly field?: string;
  readonly reason: string;
  readonly count: number;
  readonly recordNumbers: readonly number[];
  readonly more: boolean;
}

const shownMax = 8;

/** "3, 17, 2048 and others": as editors show them, without separators */
export function firstLines({ recordNumbers, more }: Pick<Reason, 'recordNumbers' | 'more'>): string {
  const shown = recordNumbers.slice(0, shownMax).join(', ');
  return more || recordNumbers.length > shownMax ? `${shown} and others` : shown;
}

/** In words where we have some; otherwise as the API has it, which later versions may extend. */
export function reasonWord({ field, reason }: Reason, words: Readonly<Record<string, string>>): string {
  const word = words[reason] ?? reason;
  return field === undefined ? word : `${field}: ${word}`;
}
