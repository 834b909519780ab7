/** UTF-16 code units; a longer line is `invalidFormat` and is not kept (api.md section 3). */
export const lineCharactersMax = 4096;
/** 4,096 code units take at most 3 bytes each in UTF-8: a longer line is too long whatever it holds. */
export const lineBytesMax = lineCharactersMax * 3;
/** A quote that is still open after so many lines or characters is a stray one, not a field with line breaks. */
export const recordLinesMax = 100;
export const recordCharactersMax = 16_384;
/** After so many stray quotes the list does not quote line breaks: reading on with them would cost quadratic time. */
export const strayQuotesMax = 64;

/** Characters of the JSON body besides `content`: names and a description of 4,000 characters fit many times. */
export const fieldsBytesMax = 65_536;
export const jsonDepthMax = 32;

/** How far a gzip body may unpack, against what has arrived of it; small ones are never a bomb. */
export const unpackRatioMax = 200;
export const unpackFreeBytes = 65_536;

/** Bytes looked at to tell text from everything else. */
export const sniffBytes = 4096;

/** Lines whose line numbers a reason shows (api.md: `recordNumbers`). */
export const recordNumbersMax = 100;
export const sampleLinesMax = 1000;

/** Values canonicalised before they are tokenised at once: enough to make the cipher's call overhead vanish. */
export const batchValuesMax = 16_384;
export const batchBytesMax = 524_288;

/** Bytes of one block of text that is read before other sessions of the worker get their turn. */
export const textBlockBytes = 131_072;
