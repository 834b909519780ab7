import type { Keyring } from '../../crypto/keyring.ts';
import type { Database } from '../../db/transaction.ts';
import type { CustomerAudience } from '../audiences/index.ts';
import { type IdentifierTypeName, identifierTypeCode, identifierTypeNames } from '../identifiers/index.ts';
import { findInstitutionSettings } from '../institutions/index.ts';
import type { NewSuppression } from '../suppressions/index.ts';
import type { CustomerAudienceImport } from './import-schemas.ts';
import type { ListKeys, ListOptions } from './reading/index.ts';

/** What a caller asks of a list, settled: every optional field has its default. */
export interface ImportRequest {
  readonly mode: CustomerAudienceImport['mode'];
  /** The audience to edit; undefined for `create`. */
  readonly audienceId?: string;
  /** Of the audience or suppression to make; '' otherwise. */
  readonly name: string;
  readonly description: string | null;
  /** Of the audience to make; null = the default. */
  readonly purpose: CustomerAudience['purpose'] | null;
  readonly identifierType: IdentifierTypeName;
  readonly fileName: string;
  readonly includesHeader: boolean;
  readonly column: string | number | null;
  readonly multipleMatches: 'include' | 'exclude';
  readonly repairs: readonly 'restoreLeadingZeros'[];
  readonly invalidRows: 'skip' | 'reject';
  readonly charset: string | null;
  /** The `If-Match` header of an edit. */
  readonly ifMatch: string | null;
  /** Of a suppression to make; undefined otherwise. */
  readonly suppression?: Pick<NewSuppression, 'channel' | 'expiresOn'>;
}

/** The fields as they arrive, from JSON, a query or a form. */
export interface ImportFields {
  readonly name?: string;
  readonly description?: string;
  readonly purpose?: CustomerAudience['purpose'];
  readonly identifierType: IdentifierTypeName;
  readonly fileName: string;
  readonly includesHeader?: boolean;
  readonly column?: string | number;
  readonly multipleMatches?: 'include' | 'exclude';
  readonly repairs?: readonly 'restoreLeadingZeros'[];
  readonly invalidRows?: 'skip' | 'reject';
  readonly charset?: string;
  readonly mode?: 'add' | 'remove' | 'replace';
}

export function importRequest(fields: ImportFields, target: { audienceId?: string; ifMatch?: string }): ImportRequest {
  return {
    mode: target.audienceId === undefined ? 'create' : (fields.mode ?? 'add'),
    ...(target.audienceId === undefined ? {} : { audienceId: target.audienceId }),
    name: fields.name ?? '',
    description: fields.description ?? null,
    purpose: fields.purpose ?? null,
    identifierType: fields.identifierType,
    fileName: maskDigitRuns(fields.fileName),
    includesHeader: fields.includesHeader ?? false,
    column: fields.column ?? null,
    multipleMatches: fields.multipleMatches ?? 'include',
    repairs: fields.repairs ?? [],
    invalidRows: fields.invalidRows ?? 'skip',
    charset: fields.charset ?? null,
    ifMatch: target.ifMatch ?? null,
  };
}

/** Whoever a line may mean is held back: to contact one too few is the smaller mistake. */
export function suppressionRequest(
  fields: Omit<ImportFields, 'fileName'> & { fileName?: string } & NewSuppression,
): ImportRequest {
  const { channel, expiresOn, fileName = '', ...list } = fields;
  return {
    ...importRequest({ ...list, fileName, multipleMatches: 'include' }, {}),
    mode: 'suppress',
    suppression: { channel, ...(expiresOn === undefined ? {} : { expiresOn }) },
  };
}

/** A file named after a customer's number would keep it for ever: runs of 7 and more digits are masked. */
function maskDigitRuns(fileName: string): string {
  return fileName.replace(/\d{7,}/g, (digits) => '*'.repeat(digits.length));
}

export interface ReadingTerms {
  readonly options: ListOptions;
  readonly keys: ListKeys;
}

/** Gathers what the reader needs to know of the institution; runs before any transaction of the import. */
export async function readingTerms(
  deps: { database: Database; keyring: Keyring },
  institutionId: string,
  request: ImportRequest,
  linesMax: number,
): Promise<ReadingTerms> {
  const keys = await deps.keyring.forInstitution(institutionId);
  const settings = await deps.database.inInstitution(institutionId, findInstitutionSettings);
  const keysOf = (type: IdentifierTypeName) => keys.indexKeys(identifierTypeCode(type));
  return {
    options: {
      identifierType: request.identifierType,
      includesHeader: request.includesHeader,
      ...(request.column === null ? {} : { column: request.column }),
      multipleMatches: request.multipleMatches,
      repairs: request.repairs,
      ...(request.charset === null ? {} : { charset: request.charset }),
      ...(settings.defaultCountry === undefined ? {} : { defaultCountry: settings.defaultCountry }),
      linesMax,
    },
    keys: {
      contentFingerprintKey: keys.macKey('contentFingerprint'),
      sketchKey: keys.macKey('listSketch'),
      indexKeys: {
        taxIdNumber: keysOf('taxIdNumber'),
        customerId: keysOf('customerId'),
        coreCustomerId: keysOf('coreCustomerId'),
        accountNumber: keysOf('accountNumber'),
        emailAddress: keysOf('emailAddress'),
        phoneNumber: keysOf('phoneNumber'),
        username: keysOf('username'),
      },
    },
  };
}

/** The types that a list of `type` may have been mistaken for. */
export function otherTypes(type: IdentifierTypeName): readonly IdentifierTypeName[] {
  return identifierTypeNames.filter((other) => other !== type);
}
