import { type Static, Type } from 'typebox';
import { audiencePurposeSchema } from '../audiences/index.ts';
import { identifierTypeNames, refusalReasons } from '../identifiers/index.ts';
import { newSuppressionProperties } from '../suppressions/index.ts';

/** Bounds of what a person types; the bytes of the list have limits of their own (config). */
const nameMax = 80;
const descriptionMax = 4_000;
const fileNameMax = 255;
const recordNumbersMax = 100;

export const importOutcomes = ['header', 'blank', 'invalid', 'duplicate', 'unmatched', 'ambiguous', 'matched'] as const;

export type ImportOutcome = (typeof importOutcomes)[number];

export const invalidReasons = ['multipleValues', 'unclosedQuote', ...refusalReasons] as const;

export const importStates = [
  'receiving',
  'staged',
  'matching',
  'completed',
  'rejected',
  'preview',
  'failed',
  'canceled',
] as const;

export const editModes = ['add', 'remove', 'replace'] as const;

const identifierType = Type.Enum([...identifierTypeNames], { description: 'What the values of the list are.' });
const column = Type.Union(
  [Type.String({ minLength: 1, maxLength: 128 }), Type.Integer({ minimum: 1, maximum: 1_000 })],
  {
    description: 'For a file of several columns: the header name, or the 1-based index, of the one to read.',
  },
);
const multipleMatches = Type.Enum(['include', 'exclude'], {
  default: 'include',
  description: 'What a line adds that names two or more customers: all of them, or nobody.',
});
const repairs = Type.Array(Type.Enum(['restoreLeadingZeros']), { maxItems: 1, uniqueItems: true, default: [] });
const invalidRows = Type.Enum(['skip', 'reject'], { default: 'skip' });
const charset = Type.String({
  pattern: '^[-A-Za-z0-9_]{1,40}$',
  description: 'Obeyed when given; detected otherwise.',
});
const includesHeader = Type.Boolean({ default: false, description: 'Whether the first line is a header.' });
const fileName = Type.String({ minLength: 1, maxLength: fileNameMax });
const name = Type.String({ minLength: 1, maxLength: nameMax, description: 'Unique among the active audiences.' });
const description = Type.String({
  maxLength: descriptionMax,
  format: 'markdown',
  description: 'Markdown (CommonMark).',
});

const listFields = {
  identifierType,
  includesHeader: Type.Optional(includesHeader),
  column: Type.Optional(column),
  multipleMatches: Type.Optional(multipleMatches),
  repairs: Type.Optional(repairs),
  invalidRows: Type.Optional(invalidRows),
  charset: Type.Optional(charset),
  fileName,
};

const purpose = Type.Optional(audiencePurposeSchema);
const createFields = { ...listFields, name, description: Type.Optional(description), purpose };
const editFields = { ...listFields, mode: Type.Enum([...editModes]) };

/** The members of the JSON body besides `content`, which never becomes a string (see `reading/`). */
export const createImportFieldsSchema = Type.Object(createFields, { additionalProperties: false });
export const editImportFieldsSchema = Type.Object(editFields, { additionalProperties: false });
export type CreateImportFields = Static<typeof createImportFieldsSchema>;
export type EditImportFields = Static<typeof editImportFieldsSchema>;

const content = Type.String({
  format: 'byte',
  description: 'The list: base64 (RFC 4648) of text, one value a line, optionally gzip.',
});

/** The JSON bodies as the contract shows them. */
export const createImportBodySchema = Type.Object(
  { ...createFields, content },
  { $id: 'newImportedCustomerAudience', additionalProperties: false },
);
export const editImportBodySchema = Type.Object(
  { ...editFields, content },
  { $id: 'newImportedCustomers', additionalProperties: false },
);

/** The same as a form; `content` is the file part, after the fields. */
export const createImportFormSchema = Type.Object({ ...createFields, content }, { additionalProperties: false });
export const editImportFormSchema = Type.Object({ ...editFields, content }, { additionalProperties: false });

/** A list whose customers are not to be contacted. Who has several on a line holds back all of them. */
const { multipleMatches: _always, fileName: _required, ...suppressionListFields } = listFields;
const suppressionFields = { ...newSuppressionProperties, ...suppressionListFields, fileName: Type.Optional(fileName) };
export const listSuppressionFieldsSchema = Type.Object(suppressionFields, { additionalProperties: false });
export const listSuppressionSchema = Type.Object(
  { ...suppressionFields, content },
  { $id: 'newListSuppression', additionalProperties: false },
);

/** The fields of a streamed list, as query parameters (text/csv) or form fields (multipart): all are text there. */
const streamedFields = {
  identifierType: Type.Optional(identifierType),
  includesHeader: Type.Optional(Type.Boolean()),
  column: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
  multipleMatches: Type.Optional(Type.Enum(['include', 'exclude'])),
  repairs: Type.Optional(Type.String({ pattern: '^restoreLeadingZeros$', description: 'Comma separated.' })),
  invalidRows: Type.Optional(Type.Enum(['skip', 'reject'])),
  charset: Type.Optional(charset),
  fileName: Type.Optional(fileName),
};

export const createImportQuerySchema = Type.Object(
  { dryRun: Type.Optional(Type.Boolean()), ...streamedFields, name: Type.Optional(name), purpose },
  { additionalProperties: false },
);
export const editImportQuerySchema = Type.Object(
  { dryRun: Type.Optional(Type.Boolean()), ...streamedFields, mode: Type.Optional(Type.Enum([...editModes])) },
  { additionalProperties: false },
);

const count = Type.Integer({ minimum: 0 });
const resourceId = Type.String({ pattern: '^[-_:.~$a-zA-Z0-9]+$', minLength: 6, maxLength: 48 });
const timestamp = Type.String({ format: 'date-time' });

const invalidReason = Type.Object({
  reason: Type.String({ maxLength: 40 }),
  count,
  recordNumbers: Type.Array(Type.Integer({ minimum: 1 }), {
    maxItems: recordNumbersMax,
    description: '1-based line numbers, the first 100.',
  }),
  more: Type.Boolean({ description: 'Whether there are more than are listed.' }),
});

export const suggestionSchema = Type.Union([
  Type.Object({
    kind: Type.Literal('repair'),
    repair: Type.Literal('restoreLeadingZeros'),
    matchedCountAfter: Type.Integer({ minimum: 0, description: 'Exact: what matchedCount would be with the repair.' }),
  }),
  Type.Object({
    kind: Type.Literal('identifierType'),
    identifierType,
    sampleSize: count,
    sampleMatchedPercent: Type.Integer({ minimum: 0, maximum: 100, description: 'Rounded to 10.' }),
  }),
]);

export type Suggestion = Static<typeof suggestionSchema>;

export const customerAudienceImportSchema = Type.Object(
  {
    id: resourceId,
    state: Type.Enum([...importStates]),
    mode: Type.Enum(['create', ...editModes, 'suppress']),
    customerAudienceId: Type.Optional(resourceId),
    suppressionId: Type.Optional(resourceId),
    identifierType,
    fileName: Type.String({ maxLength: fileNameMax }),
    lineCount: Type.Integer({ minimum: 0, description: 'The sum of the seven counts that follow.' }),
    headerCount: count,
    blankCount: count,
    invalidCount: count,
    duplicateCount: count,
    unmatchedCount: count,
    ambiguousCount: count,
    matchedCount: count,
    customerCount: Type.Integer({ minimum: 0, description: 'Distinct customers that the list names.' }),
    addedCount: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Of an edit, once it is done: customers who came into the audience.' }),
    ),
    removedCount: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Of an edit, once it is done: customers who left the audience.' }),
    ),
    contentFingerprint: Type.Optional(
      Type.String({ maxLength: 64, description: 'Keyed: says only "the same bytes".' }),
    ),
    charset: Type.Optional(Type.String({ maxLength: 40 })),
    windows1252LineCount: count,
    invalidReasons: Type.Array(invalidReason, { maxItems: 20 }),
    repairs: Type.Array(Type.Object({ repair: Type.String({ maxLength: 40 }), count }), { maxItems: 5 }),
    suggestions: Type.Array(suggestionSchema, { maxItems: 5 }),
    customerVersion: Type.Optional(count),
    problem: Type.Optional(
      Type.Object(
        {
          type: Type.String({ maxLength: 60 }),
          title: Type.String({ maxLength: 120 }),
          detail: Type.Optional(Type.String({ maxLength: 256 })),
        },
        { description: 'Why a rejected or failed import made no audience.' },
      ),
    ),
    createdAt: timestamp,
    createdBy: Type.String({ maxLength: 48 }),
    finishedAt: Type.Optional(timestamp),
  },
  { $id: 'customerAudienceImport', additionalProperties: false },
);

export type CustomerAudienceImport = Static<typeof customerAudienceImportSchema>;

export const importLineSchema = Type.Object(
  {
    recordNumber: Type.Integer({ minimum: 1, description: '1-based line number.' }),
    outcome: Type.Enum([...importOutcomes]),
    reason: Type.Optional(Type.String({ maxLength: 40 })),
  },
  { $id: 'customerAudienceImportLine', additionalProperties: false },
);

export type ImportLine = Static<typeof importLineSchema>;
