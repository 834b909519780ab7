import { randomBytes } from 'node:crypto';
import { cmacBatch } from '../../../crypto/aes-cmac.ts';
import { identifierTypeCode, tokenize } from '../../identifiers/index.ts';
import { identifiersText, profileText } from '../customer-envelope.ts';
import { CopyRowWriter } from './copy-row-writer.ts';
import { type IndexedType, indexedTypes, type LoadKeys, type SealingBatch } from './load-protocol.ts';
import { PackedWriter } from './packed-writer.ts';
import type { CustomerValues } from './row-values.ts';

/** A row that stands: checked, merged, not yet sealed. */
export interface StandingRow {
  readonly lineNumber: number;
  readonly key: string;
  /** Of its token among the batch's `departedTokens`. */
  readonly tokenIndex: number;
  readonly values: CustomerValues;
  /** True when it kept something of what is stored, or would have. */
  readonly isMerged: boolean;
  /** What was stored when it was merged; undefined = nothing. */
  readonly base: Uint8Array | undefined;
}

/** What rests in clear of a customer besides its keys. */
export const clearColumns = [
  'customer_type',
  'region_code',
  'postal_code',
  'birth_year',
  'customer_since',
  'branch',
  'last_login_at',
  'online_banking_enrolled',
  'electronic_statements',
  'consent_email',
  'consent_sms',
  'consent_phone',
  'consent_mail',
  'has_email_address',
  'has_phone_number',
  'attributes',
] as const;

/** The columns of the staged rows, in the order in which they are written. */
export const rowColumns = [
  'line',
  'core_customer_id',
  'id',
  ...clearColumns,
  'row_fingerprint',
  'departed_token',
  'is_merged',
  'base_fingerprint',
  'profile',
  'identifiers',
] as const;

export const identifierColumns = ['line', 'identifier_type', 'key_generation', 'token'] as const;
export const refusedKeyColumns = ['core_customer_id'] as const;

const idBytes = 10;

/** Turns standing rows into what the spool holds. One instance writes all batches of a load: its buffers are reused. */
export class RowEncoder {
  readonly #keys: LoadKeys;
  readonly #heads = new CopyRowWriter();
  readonly #identifierRows = new CopyRowWriter();
  readonly #packed = { key: new PackedWriter(), profile: new PackedWriter(), identifiers: new PackedWriter() };
  readonly #fingerprinted = new PackedWriter();
  readonly #indexed: Record<IndexedType, { values: PackedWriter; lines: number[] }> = {
    taxIdNumber: emptyIndex(),
    accountNumber: emptyIndex(),
    emailAddress: emptyIndex(),
    phoneNumber: emptyIndex(),
    username: emptyIndex(),
  };
  identifierCount = 0;

  constructor(keys: LoadKeys) {
    this.#keys = keys;
  }

  /** @param departedTokens one a row that had a key, standing or not */
  encode(rows: readonly StandingRow[], departedTokens: Uint8Array): { sealing: SealingBatch; identifiers: Uint8Array } {
    for (const row of rows) this.#gather(row);
    const fingerprints = cmacBatch(this.#keys.rowFingerprint, this.#fingerprinted.take());
    const ids = randomBytes(rows.length * idBytes).toString('hex');
    const offsets = new Uint32Array(rows.length + 1);
    rows.forEach((row, index) => {
      const id = ids.slice(index * idBytes * 2, (index + 1) * idBytes * 2);
      this.#head(row, { id, index, fingerprints, departedTokens });
      offsets[index + 1] = this.#heads.length;
    });
    return {
      sealing: {
        heads: { bytes: this.#heads.take(), offsets },
        keys: this.#packed.key.take(),
        profiles: this.#packed.profile.take(),
        identifiers: this.#packed.identifiers.take(),
      },
      identifiers: this.#tokens(),
    };
  }

  #gather({ key, values, lineNumber }: StandingRow): void {
    const profile = profileText(values);
    const identifiers = identifiersText(values);
    this.#packed.key.add(key);
    this.#packed.profile.add(profile);
    this.#packed.identifiers.add(identifiers);
    // Three JSON arrays in a row: nothing can pass from one into the next.
    this.#fingerprinted.append(profile);
    this.#fingerprinted.append(identifiers);
    this.#fingerprinted.add(JSON.stringify([key, ...clearValues(values)]));
    this.#index('taxIdNumber', values.taxIdNumber, lineNumber);
    this.#index('emailAddress', values.emailAddress, lineNumber);
    this.#index('phoneNumber', values.phoneNumber, lineNumber);
    this.#index('username', values.username, lineNumber);
    for (const account of values.accountNumbers) this.#index('accountNumber', account, lineNumber);
  }

  #index(type: IndexedType, value: string | null, lineNumber: number): void {
    if (value === null) return;
    this.#indexed[type].values.add(value);
    this.#indexed[type].lines.push(lineNumber);
  }

  #head(
    row: StandingRow,
    made: { id: string; index: number; fingerprints: Uint8Array; departedTokens: Uint8Array },
  ): void {
    const heads = this.#heads;
    const { values } = row;
    heads.row(rowColumns.length);
    heads.integer(row.lineNumber);
    heads.text(row.key);
    heads.text(made.id);
    heads.text(values.customerType);
    heads.text(values.regionCode);
    heads.text(values.postalCode);
    heads.smallint(values.birthYear);
    heads.date(values.customerSince);
    heads.text(values.branch);
    heads.timestamp(values.lastLoginAt);
    heads.boolean(values.onlineBankingEnrolled);
    heads.boolean(values.electronicStatements);
    heads.boolean(values.consentEmail);
    heads.boolean(values.consentSms);
    heads.boolean(values.consentPhone);
    heads.boolean(values.consentMail);
    heads.boolean(values.emailAddress !== null);
    heads.boolean(values.phoneNumber !== null);
    heads.jsonb(JSON.stringify(values.attributes));
    heads.token(made.fingerprints, made.index);
    heads.token(made.departedTokens, row.tokenIndex);
    heads.boolean(row.isMerged);
    if (row.base === undefined) heads.null();
    else heads.token(row.base, 0);
  }

  /** The rows of the blind index, under every active key. */
  #tokens(): Uint8Array {
    for (const type of indexedTypes) {
      const { lines } = this.#indexed[type];
      const values = this.#indexed[type].values.take();
      for (const { generation, key } of this.#keys.indexKeys[type]) {
        const tokens = tokenize(type, key, values);
        for (let index = 0; index < lines.length; index += 1) {
          this.#identifierRows.row(identifierColumns.length);
          this.#identifierRows.integer(lines[index] ?? 0);
          this.#identifierRows.smallint(identifierTypeCode(type));
          this.#identifierRows.smallint(generation);
          this.#identifierRows.token(tokens, index);
        }
        this.identifierCount += lines.length;
      }
      this.#indexed[type].lines = [];
    }
    return this.#identifierRows.take();
  }
}

/** What rests in clear besides the key; each belongs to the fingerprint. */
function clearValues(values: CustomerValues) {
  const { customerType, regionCode, postalCode, birthYear, customerSince, branch, lastLoginAt } = values;
  const { onlineBankingEnrolled, electronicStatements, consentEmail, consentSms, consentPhone, consentMail } = values;
  return [
    ...[customerType, regionCode, postalCode, birthYear, customerSince, branch, lastLoginAt],
    ...[onlineBankingEnrolled, electronicStatements, consentEmail, consentSms, consentPhone, consentMail],
    values.attributes,
  ];
}

function emptyIndex() {
  const lines: number[] = [];
  return { values: new PackedWriter(), lines };
}
