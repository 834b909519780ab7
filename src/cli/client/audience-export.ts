import { CliError } from '../cli-error.ts';
import { csvCell } from '../output/csv-cell.ts';
import { formatCount } from '../output/format.ts';
import { type ApiClient, checked } from './api-client.ts';
import { customerSchema, type PageAnswer } from './api-schemas.ts';
import { listPages } from './pages.ts';

const pageLimit = 1000;

export type ExportFormat = 'csv' | 'ndjson';

/** How the customers are to be contacted; `any` = not known: whoever is held back from one of them is left out. */
export const exportChannels = ['email', 'sms', 'phone', 'mail', 'any'] as const;
export type ExportChannel = (typeof exportChannels)[number];

export interface WrittenMembers {
  readonly rowCount: number;
  /** Members who have left the base since the version was made. */
  readonly withheldCount: number;
  /** Members whom suppressions leave out. */
  readonly heldBackCount: number;
}

/** Columns of the file: what the contract names, in its order; a field that a server adds comes with NDJSON only. */
export const exportColumns = [
  'id',
  'coreCustomerId',
  'customerType',
  'givenName',
  'familyName',
  'businessName',
  'emailAddress',
  'phoneNumber',
  'regionCode',
  'postalCode',
  'birthYear',
  'customerSince',
] as const;

/**
 * Writes the members of one version of an audience, page by page, then holds the rows against the count.
 *
 * @throws CliError when rows are missing or too many, or suppressions changed meanwhile: what was written is not the
 *   audience less whom they hold back
 */
export async function writeMembers(
  client: ApiClient,
  audienceId: string,
  { format, channel }: { format: ExportFormat; channel: ExportChannel },
  write: (text: string) => Promise<void>,
): Promise<WrittenMembers> {
  let rowCount = 0;
  let first: PageAnswer | undefined;
  let last: PageAnswer | undefined;
  if (format === 'csv') await write(`${exportColumns.join(',')}\r\n`);
  const path = `/service/customerAudiences/${encodeURIComponent(audienceId)}/customers`;
  for await (const page of listPages(client, path, { limit: pageLimit, channel })) {
    first ??= page;
    last = page;
    if (page.heldBackCount !== first.heldBackCount) {
      throw new CliError('suppressions, or whom they hold back, changed during the export: run it again');
    }
    for (const item of page.items) {
      await write(rowOf(checked(customerSchema, item), format));
      rowCount += 1;
    }
  }
  checkRows(rowCount, first, last);
  return { rowCount, withheldCount: last?.withheldCount ?? 0, heldBackCount: last?.heldBackCount ?? 0 };
}

/** Who leaves the base during the walk may be a row already: the rows lie between the first and the last answer. */
function checkRows(rowCount: number, first: PageAnswer | undefined, last: PageAnswer | undefined): void {
  const count = last?.count;
  if (first === undefined || last === undefined || count === undefined || first.count !== count) {
    throw new CliError('the export is not complete: the server changed or left out the count of the audience');
  }
  const contactable = count - (last.heldBackCount ?? 0);
  const most = contactable - (first.withheldCount ?? 0);
  const least = contactable - (last.withheldCount ?? 0);
  if (rowCount >= least && rowCount <= most) return;
  throw new CliError(
    `the export is not complete: ${formatCount(rowCount)} rows, but it should have ${formatCount(least)}`,
  );
}

/** The exact profile: values as they are, not changed for spreadsheets (an apostrophe would break telephone numbers). */
function rowOf(customer: Readonly<Record<string, unknown>>, format: ExportFormat): string {
  if (format === 'ndjson') return `${JSON.stringify(customer)}\n`;
  return `${exportColumns.map((column) => csvCell(textOf(customer[column]))).join(',')}\r\n`;
}

function textOf(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}
