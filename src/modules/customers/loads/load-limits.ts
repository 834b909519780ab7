/** Bytes of a record, all its lines together: a hundred times a usual row. */
export const recordBytesMax = 65_536;
/** Columns of a file, those to ignore included. */
export const columnsMax = 200;
/** Line numbers that an answer or a problem names before it says `more` (api.md section 1, problems of rows). */
export const recordNumbersMax = 100;
