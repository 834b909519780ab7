import type { IdentifierTypeName, RefusalReason } from '../../identifiers/index.ts';

export type Repair = 'restoreLeadingZeros';

/** How a list is to be read; the fields of an import request that concern its lines. */
export interface ListOptions {
  readonly identifierType: IdentifierTypeName;
  readonly includesHeader: boolean;
  /** Header name or 1-based position, for a list of several columns. Digits in a string are a position (queries). */
  readonly column?: string | number;
  readonly multipleMatches: 'include' | 'exclude';
  readonly repairs: readonly Repair[];
  /** A label that `TextDecoder` knows; without it UTF-16 by byte-order mark, otherwise UTF-8 line by line. */
  readonly charset?: string;
  /** ISO 3166-1 alpha-2, for phone numbers without a country code. */
  readonly defaultCountry?: string;
  /** Physical lines; at most 2^25 - 1, which is what the duplicate table can number. */
  readonly linesMax: number;
}

export interface IndexKeyBytes {
  readonly generation: number;
  readonly key: Uint8Array;
}

export interface ListKeys {
  readonly contentFingerprintKey: Uint8Array;
  readonly sketchKey: Uint8Array;
  /** Active generations, oldest first; empty for the types that are not blind. */
  readonly indexKeys: Readonly<Record<IdentifierTypeName, readonly IndexKeyBytes[]>>;
}

/** Why a line is `invalid`: the shape of the line first, then what its identifier type refuses. */
export type InvalidReason = RefusalReason | 'multipleValues' | 'unclosedQuote';

export interface InvalidReasonCount {
  readonly reason: InvalidReason;
  readonly count: number;
  /** The first 100 line numbers, 1-based, ascending. */
  readonly recordNumbers: readonly number[];
  readonly more: boolean;
}

/**
 * What is known of a list once it is read, before it is matched. A record with quoted line breaks counts as one line and
 * has the number of its first physical line, so numbers may have gaps while the counts always add up.
 */
export interface ReadSummary {
  readonly lineCount: number;
  readonly headerCount: number;
  readonly blankCount: number;
  readonly invalidCount: number;
  readonly duplicateCount: number;
  readonly distinctValueCount: number;
  /** Distinct values that a repair would make and that stand on no valid line: they are matched too, for a suggestion. */
  readonly repairCandidateCount: number;
  readonly charset: string;
  readonly windows1252LineCount: number;
  /** HMAC-SHA-256 of the bytes after base64 and gzip. */
  readonly contentFingerprint: Buffer;
  /** To recognise lists that are nearly the same (`list-sketch.ts`). */
  readonly sketch: Uint8Array;
  readonly keyGenerations: readonly number[];
  readonly repairs: readonly { readonly repair: Repair; readonly count: number }[];
  /** Most frequent first. */
  readonly invalidReasons: readonly InvalidReasonCount[];
  /** Lines that `sampleCopyChunks` tells of, 0..1000. */
  readonly sampleSize: number;
}

export type LineOutcome = 'header' | 'blank' | 'invalid' | 'duplicate' | 'unmatched' | 'ambiguous' | 'matched';

/** The lines of one outcome and, when `invalid`, one reason ('' otherwise). */
export interface LedgerPart {
  readonly outcome: LineOutcome;
  readonly reason: string;
  readonly lineCount: number;
  /** 1-based line numbers in the portable Roaring format. */
  readonly lines: Uint8Array;
}

export interface Resolution {
  readonly unmatchedCount: number;
  readonly ambiguousCount: number;
  readonly matchedCount: number;
  /** Distinct members. */
  readonly customerCount: number;
  /** Ordinals in the portable Roaring format. */
  readonly members: Uint8Array;
  /** Lines that would be `matched` with `restoreLeadingZeros` on; absent when no line could be repaired so. */
  readonly matchedCountAfterRepair?: number;
  /** Without the outcomes that no line has. */
  readonly ledger: readonly LedgerPart[];
}

export interface ReceivedJson {
  /** A JSON object: all top-level members but `content`. */
  readonly fieldsJson: string;
  readonly hasContent: boolean;
  /** HMAC-SHA-256 of the raw body. */
  readonly requestDigest: Buffer;
}
