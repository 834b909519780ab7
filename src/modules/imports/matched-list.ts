import type { AudienceViewer } from '../audiences/index.ts';
import type { Match } from './import-match.ts';
import type { ImportRequest } from './import-request.ts';
import type { ReadingSession, ReadSummary } from './reading/index.ts';

/** A list that has been read and matched, about to become an audience, a preview or a refusal. */
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
