import { type ApiProblem, problemOfError } from '../../api/problem.ts';
import type { UploadAnswer } from '../../api/upload.ts';
import { type AudienceDetails, emptyDetails, fieldsOf } from './audience-details.ts';
import { anyState, type Edit, type EditPreview, editTarget, previewIn } from './edit/edit.ts';
import { choicesOf, type ListChoices, nameOfFile } from './reading/list-choices.ts';
import { type ListAnswer, type ListProblem, type ListRead, type ReadingWay, readList } from './reading/read-list.ts';
import { type ImportLedger, ledgerIn } from './sending/import-ledger.ts';
import { type ListToSend, sendList } from './sending/send-list.ts';

/** A list on its way to become an audience, or to change the members of one. */
export interface ImportDraft {
  /** Undefined where it makes an audience. */
  readonly edit: Edit | undefined;
  readonly list?: ChosenList;
  /** The file that could not be read, and why. */
  readonly refused?: { readonly fileName: string; readonly problem: ListProblem };
  readonly isReading: boolean;
  /** Share of a workbook that was read so far, while it is. */
  readonly readShare?: number;
  readonly details: AudienceDetails;
  readonly sending?: Sending;
  /** What a dry run said of the list as it is to be read now. */
  readonly check?: Check;
  /** Why the last sending came to nothing. */
  readonly problem?: ApiProblem;
}

export interface ChosenList extends ListRead {
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
  /** Set when it would be refused: nobody matched. */
  readonly refusal?: ApiProblem;
  /** What would become of the members. */
  readonly preview?: EditPreview;
}

export interface ImportStore {
  get(): ImportDraft;
  /** Turns the list to an audience whose members it is to change, or to a new one. A list that is read or sent goes on. */
  aim(audienceId: string | undefined): void;
  changeMode(mode: Edit['mode']): void;
  subscribe(listener: () => void): () => void;
  chooseFile(file: File): Promise<void>;
  /** Reads the chosen file in another way. */
  readAgain(way: ReadingWay): Promise<void>;
  changeChoices(choices: ListChoices): void;
  changeDetails(change: Partial<AudienceDetails>): void;
  check(): Promise<void>;
  /** Makes or edits the audience. @returns the import that was begun, unless it was canceled or refused */
  carryOut(): Promise<ImportLedger | undefined>;
  cancel(): void;
  startOver(): void;
  /** The file of an import that was begun in this window: its rejects can be made without asking for it. */
  fileOf(importId: string): File | undefined;
}

const newAudience = { path: '/service/importedCustomerAudiences' };
const emptyDraft: ImportDraft = { edit: undefined, isReading: false, details: emptyDetails };

/** Keeps the list while other views of the portal are shown, so that a sending goes on there. */
export function createImportStore(): ImportStore {
  return new DraftStore();
}

/** Its functions are handed out one by one, so they are fields. */
class DraftStore implements ImportStore {
  #draft = emptyDraft;
  #abort = new AbortController();
  readonly #listeners = new Set<() => void>();
  readonly #files = new Map<string, File>();
  /** Of the last sending: what was sent, and under which key. */
  #key: { readonly of: readonly unknown[]; readonly value: string } | undefined;

  readonly get = () => this.#draft;

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly aim = (audienceId: string | undefined) => {
    const { check: _other, problem: _old, edit, ...rest } = this.#draft;
    if (edit?.audienceId === audienceId || rest.isReading || rest.sending !== undefined) return;
    this.#set({ ...rest, edit: audienceId === undefined ? undefined : { audienceId, mode: 'add' } });
  };

  readonly changeMode = (mode: Edit['mode']) => {
    const { check: _stale, problem: _old, edit, ...rest } = this.#draft;
    if (edit !== undefined) this.#set({ ...rest, edit: { ...edit, mode } });
  };

  readonly chooseFile = async (file: File) => {
    const { details, edit } = this.#draft;
    const reading = { isReading: true, details, edit };
    const answer = await this.#read(file, reading, {});
    if (answer === undefined) return;
    if ('problem' in answer) {
      this.#set({ ...reading, isReading: false, refused: { fileName: file.name, problem: answer.problem } });
      return;
    }
    const name = details.name === '' ? nameOfFile(file.name) : details.name;
    this.#set({ edit, isReading: false, details: { ...details, name }, list: chosen(answer.read) });
  };

  readonly readAgain = async (way: ReadingWay) => {
    const { list, details, edit } = this.#draft;
    if (list === undefined) return;
    const source = list.workbook?.source ?? list.file;
    const answer = await this.#read(source, { isReading: true, details, edit, list }, way);
    if (answer === undefined) return;
    const { isReading: _over, readShare: _done, ...rest } = this.#draft;
    if ('problem' in answer) {
      this.#set({ ...rest, isReading: false, refused: { fileName: source.name, problem: answer.problem } });
    } else {
      const again = chosen(answer.read);
      // Of the same text in other letters the choices hold.
      const isAlike = list.workbook === undefined && isSameShape(list, again);
      this.#set({ ...rest, isReading: false, list: isAlike ? { ...again, choices: list.choices } : again });
    }
  };

  readonly changeChoices = (choices: ListChoices) => {
    const { check: _stale, problem: _old, ...rest } = this.#draft;
    if (rest.list !== undefined) this.#set({ ...rest, list: { ...rest.list, choices } });
  };

  readonly changeDetails = (change: Partial<AudienceDetails>) => {
    const { check, problem: _old, ...rest } = this.#draft;
    const affectsLines = change.multipleMatches !== undefined || change.restoreLeadingZeros !== undefined;
    const kept = affectsLines || check === undefined ? {} : { check };
    this.#set({ ...rest, ...kept, details: { ...rest.details, ...change } });
  };

  readonly check = async () => {
    const answer = await this.#send('check');
    const ledger = ledgerIn(answer?.body);
    const preview = previewIn(answer?.body, answer?.tag ?? '');
    const { problem, ...rest } = this.#draft;
    const refused = problem?.name === 'noCustomersMatched' ? ledgerIn(problem.attributes) : undefined;
    if (ledger !== undefined) {
      this.#set({ ...this.#draft, check: { ledger, ...(preview === undefined ? {} : { preview }) } });
    } else if (refused !== undefined && problem !== undefined) {
      this.#set({ ...rest, check: { ledger: refused, refusal: problem } });
    }
  };

  readonly carryOut = async () => {
    const { list, edit } = this.#draft;
    const answer = await this.#send(edit === undefined ? 'create' : 'edit');
    const ledger = ledgerIn(answer?.body);
    if (ledger === undefined || list === undefined) return undefined;
    this.#files.set(ledger.id, list.file);
    this.#set(emptyDraft);
    return ledger;
  };

  readonly cancel = () => this.#abort.abort();

  readonly startOver = () => {
    this.#abort.abort();
    this.#set({ ...emptyDraft, edit: this.#draft.edit });
  };

  readonly fileOf = (importId: string) => this.#files.get(importId);

  #set(next: ImportDraft): void {
    this.#draft = next;
    for (const listener of this.#listeners) listener();
  }

  /** @returns undefined when another file was chosen, or all of it begun anew, meanwhile */
  async #read(source: File, reading: ImportDraft, way: ReadingWay): Promise<ListAnswer | undefined> {
    this.#abort.abort();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    this.#set(reading);
    const onShare = (readShare: number) => this.#set({ ...this.#draft, readShare });
    try {
      return await readList(source, { ...way, signal, onShare });
    } catch {
      // The file went away, or others were chosen.
      return signal.aborted ? undefined : { problem: 'broken' };
    }
  }

  /** After a lost connection the same order is sent under the same key: what had arrived is not made twice. */
  #keyOf({ list, details, edit, check }: ImportDraft): string {
    const of = [list, details, edit, check];
    const isSame = of.every((part, index) => part === this.#key?.of[index]);
    if (!isSame || this.#key === undefined) this.#key = { of, value: crypto.randomUUID() };
    return this.#key.value;
  }

  async #send(purpose: ListToSend['purpose']): Promise<UploadAnswer | undefined> {
    const { list, details, edit, check } = this.#draft;
    if (list === undefined) return undefined;
    const idempotencyKey = this.#keyOf(this.#draft);
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const sending = { purpose, sentBytes: 0, totalBytes: list.file.size, startedAt: Date.now() };
    const { problem: _before, ...rest } = this.#draft;
    this.#set({ ...rest, sending });
    const onSent = (sentBytes: number) => {
      if (this.#draft.sending !== undefined) this.#set({ ...this.#draft, sending: { ...sending, sentBytes } });
    };
    const fields = fieldsOf(list, details, edit);
    const state = purpose === 'check' ? anyState : check?.preview?.tag;
    const target = edit === undefined ? newAudience : editTarget(edit, state);
    try {
      const order = { ...target, file: list.file, fields, purpose, idempotencyKey };
      return await sendList(order, { signal, onSent });
    } catch (error) {
      if (!signal.aborted) this.#set({ ...this.#draft, problem: problemOfError(error) });
      return undefined;
    } finally {
      const { sending: _over, ...after } = this.#draft;
      this.#set(after);
    }
  }
}

function isSameShape({ head: { layout } }: ChosenList, { head }: ChosenList): boolean {
  return layout.columns.length === head.layout.columns.length && layout.delimiter === head.layout.delimiter;
}

function chosen(read: ListRead): ChosenList {
  return { ...read, choices: choicesOf(read.head) };
}
