import { type ApiProblem, problemOfError } from '../../api/problem.ts';
import { type AudienceDetails, emptyDetails, fieldsOf } from './audience-details.ts';
import { choicesOf, type ListChoices, nameOfFile } from './reading/list-choices.ts';
import { type HeadProblem, type HeadRead, readHead } from './reading/read-head.ts';
import { type ImportLedger, ledgerIn } from './sending/import-ledger.ts';
import { type ListToSend, sendList } from './sending/send-list.ts';

/** A list on its way to become an audience. */
export interface ImportDraft {
  readonly list?: ChosenList;
  /** The file that could not be read, and why. */
  readonly refused?: { readonly fileName: string; readonly problem: HeadProblem };
  readonly isReading: boolean;
  readonly details: AudienceDetails;
  readonly sending?: Sending;
  /** What a dry run said of the list as it is to be read now. */
  readonly check?: Check;
  /** Why the last sending came to nothing. */
  readonly problem?: ApiProblem;
}

export interface ChosenList extends HeadRead {
  readonly file: File;
  readonly choices: ListChoices;
}

export interface Sending {
  readonly purpose: ListToSend['purpose'];
  readonly sentBytes: number;
  readonly totalBytes: number;
  readonly startedAt: number;
}

export interface Check {
  readonly ledger: ImportLedger;
  /** Set when it would make no audience: nobody matched. */
  readonly refusal?: ApiProblem;
}

export interface ImportStore {
  get(): ImportDraft;
  subscribe(listener: () => void): () => void;
  chooseFile(file: File): Promise<void>;
  changeChoices(choices: ListChoices): void;
  changeDetails(change: Partial<AudienceDetails>): void;
  check(): Promise<void>;
  /** @returns the import that was begun, unless it was canceled or refused */
  create(): Promise<ImportLedger | undefined>;
  cancel(): void;
  startOver(): void;
  /** The file of an import that was begun in this window: its rejects can be made without asking for it. */
  fileOf(importId: string): File | undefined;
}

const emptyDraft: ImportDraft = { isReading: false, details: emptyDetails };

/** Keeps the list while other views of the portal are shown, so that a sending goes on there. */
export function createImportStore(): ImportStore {
  let draft = emptyDraft;
  let abort = new AbortController();
  const listeners = new Set<() => void>();
  const files = new Map<string, File>();

  const set = (next: ImportDraft) => {
    draft = next;
    for (const listener of listeners) listener();
  };

  const chooseFile = async (file: File) => {
    const { details } = draft;
    set({ isReading: true, details });
    const answer = await readHead(file);
    if ('problem' in answer) {
      set({ isReading: false, details, refused: { fileName: file.name, problem: answer.problem } });
      return;
    }
    const list = { ...answer.read, file, choices: choicesOf(answer.read.head) };
    const name = details.name === '' ? nameOfFile(file.name) : details.name;
    set({ isReading: false, details: { ...details, name }, list });
  };

  const send = async (purpose: ListToSend['purpose']): Promise<unknown> => {
    const { list, details } = draft;
    if (list === undefined) return undefined;
    abort = new AbortController();
    const sending = { purpose, sentBytes: 0, totalBytes: list.file.size, startedAt: Date.now() };
    const { problem: _before, ...rest } = draft;
    set({ ...rest, sending });
    const onSent = (sentBytes: number) => {
      if (draft.sending !== undefined) set({ ...draft, sending: { ...sending, sentBytes } });
    };
    try {
      return await sendList(
        { file: list.file, fields: fieldsOf(list.head, list.choices, details), purpose },
        { signal: abort.signal, onSent },
      );
    } catch (error) {
      if (abort.signal.aborted) return undefined;
      const problem = problemOfError(error);
      set({ ...draft, problem });
      return undefined;
    } finally {
      const { sending: _over, ...after } = draft;
      set(after);
    }
  };

  return {
    get: () => draft,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    chooseFile,
    changeChoices(choices) {
      const { check: _stale, problem: _old, ...rest } = draft;
      if (draft.list !== undefined) set({ ...rest, list: { ...draft.list, choices } });
    },
    changeDetails(change) {
      const { check, problem: _old, ...rest } = draft;
      const affectsLines = change.multipleMatches !== undefined || change.restoreLeadingZeros !== undefined;
      const kept = affectsLines || check === undefined ? {} : { check };
      set({ ...rest, ...kept, details: { ...draft.details, ...change } });
    },
    async check() {
      const ledger = ledgerIn(await send('check'));
      const { problem, ...rest } = draft;
      const refused = problem?.name === 'noCustomersMatched' ? ledgerIn(problem.attributes) : undefined;
      if (ledger !== undefined) set({ ...draft, check: { ledger } });
      else if (refused !== undefined && problem !== undefined) {
        set({ ...rest, check: { ledger: refused, refusal: problem } });
      }
    },
    async create() {
      const { list } = draft;
      const ledger = ledgerIn(await send('create'));
      if (ledger === undefined || list === undefined) return undefined;
      files.set(ledger.id, list.file);
      set(emptyDraft);
      return ledger;
    },
    cancel: () => abort.abort(),
    startOver() {
      abort.abort();
      set(emptyDraft);
    },
    fileOf: (importId) => files.get(importId),
  };
}
