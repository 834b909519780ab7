import type { AudienceViewer } from '../audiences/index.ts';
import type { CommandResult } from '../commands/index.ts';
import type { Match } from './import-match.ts';
import type { ImportRequest } from './import-request.ts';
import type { CustomerAudienceImport } from './import-schemas.ts';
import type { NewImportRow } from './import-store.ts';
import type { ReadingSession, ReadSummary } from './reading/index.ts';

/** A list that has been read and matched, about to become an audience, a suppression, a preview or a refusal. */
export interface MatchedList {
  readonly importId: string;
  readonly request: ImportRequest;
  readonly session: ReadingSession;
  readonly summary: ReadSummary;
  readonly match: Match;
  readonly dryRun: boolean;
  /** Whose list it is: the owner of what it makes, with what they may do with other audiences. */
  readonly viewer: AudienceViewer;
  readonly at: Date;
}

/** What came of a list, before its import is stored. */
export interface Published {
  /** The audience or suppression that it made or changed. */
  readonly resource: string;
  /** What the row of the import says of it. */
  readonly columns: Partial<NewImportRow>;
  /** What the audit trail says besides the counts of the list. */
  readonly audit: Readonly<Record<string, unknown>>;
  readonly reply: (ledger: CustomerAudienceImport) => CommandResult['reply'];
}
