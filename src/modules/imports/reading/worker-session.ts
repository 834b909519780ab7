import { createHmac } from 'node:crypto';
import { Base64Decoder } from './base64-decoder.ts';
import type { ChunkQueue } from './chunk-queue.ts';
import { copyLineRows } from './copy-rows.ts';
import { JsonScanner } from './json-scanner.ts';
import { type ListTerms, readList } from './list-source.ts';
import { MatchResolver } from './match-resolver.ts';
import type { MemoryAccount } from './memory-account.ts';
import type { Call, CallResults } from './reading-protocol.ts';
import type { ReadSummary } from './reading-types.ts';
import { exportStage, importStage } from './stage-codec.ts';
import type { StagedList } from './staged-list.ts';
import { release } from './token-store.ts';

interface HeldContent {
  readonly blocks: Uint8Array[];
  readonly bytesMax: number;
  bytes: number;
}

/** One list in the worker: received, staged, matched, in this order. */
export class WorkerSession implements Disposable {
  readonly body: ChunkQueue;
  readonly memory: MemoryAccount;
  #content: HeldContent | undefined;
  #staged: StagedList | undefined;
  #resolver: MatchResolver | undefined;
  #export: Iterator<Uint8Array, undefined> | undefined;
  #isDisposed = false;

  constructor(parts: { body: ChunkQueue; memory: MemoryAccount }) {
    this.body = parts.body;
    this.memory = parts.memory;
  }

  async receiveJson(call: Extract<Call, { method: 'receiveJson' }>): Promise<CallResults['receiveJson']> {
    const digest = createHmac('sha256', call.digestKey);
    const decoder = new Base64Decoder({ bytesMax: call.contentBytesMax });
    const scanner = new JsonScanner(decoder);
    for await (const chunk of this.body) {
      digest.update(chunk);
      scanner.push(chunk);
      await this.memory.cover(decoder.length);
    }
    const fields = scanner.finish();
    this.#content = { blocks: decoder.finish(), bytesMax: call.contentBytesMax, bytes: decoder.length };
    return { ...fields, requestDigest: new Uint8Array(digest.digest()) };
  }

  async receiveBytes(call: Extract<Call, { method: 'receiveBytes' }>): Promise<CallResults['receiveBytes']> {
    const digest = createHmac('sha256', call.digestKey);
    const { body } = this;
    async function* digested(): AsyncGenerator<Uint8Array> {
      for await (const chunk of body) {
        digest.update(chunk);
        yield chunk;
      }
    }
    await this.#read(digested(), call, () => 0);
    return { requestDigest: new Uint8Array(digest.digest()) };
  }

  async stage(call: Extract<Call, { method: 'stage' }>): Promise<ReadSummary> {
    const content = this.#content;
    if (content !== undefined) {
      this.#content = undefined;
      const { options, keys } = call;
      if (options === undefined || keys === undefined) throw new Error('a list from JSON is staged with its options');
      await this.#read(drain(content), { options, keys, contentBytesMax: content.bytesMax }, () => content.bytes);
    }
    return this.#list.summary;
  }

  async importStage(): Promise<ReadSummary> {
    this.#accept(await importStage(this.body, (bytes) => this.memory.cover(bytes)));
    return this.#list.summary;
  }

  copyRows(call: Extract<Call, { method: 'copyRows' }>) {
    return copyLineRows(this.#list.tokens, call.position);
  }

  sampleRows(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#list.sampleRows);
  }

  async addMatches(call: Extract<Call, { method: 'addMatches' }>): Promise<undefined> {
    this.#matches.add(call.rows);
    release(call.rows);
    await this.memory.cover(this.#list.tokens.bytesUsed + this.#matches.bytesUsed);
  }

  clearMatches(): undefined {
    this.#matches.clear();
  }

  resolve(): CallResults['resolve'] {
    return this.#matches.resolve();
  }

  memberLines(call: Extract<Call, { method: 'memberLines' }>): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#matches.memberLines(call.ofMembers));
  }

  exportPart(call: Extract<Call, { method: 'exportPart' }>): Uint8Array | undefined {
    if (call.isFirst || this.#export === undefined) this.#export = exportStage(this.#list);
    return this.#export.next().value;
  }

  /** Ends whatever runs and frees all memory; what was read after that is freed as soon as it is there. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    const gone = new Error('the session is disposed');
    this.body.fail(gone);
    this.memory.refused(gone);
    this.#content = undefined;
    this.#export = undefined;
    this.#resolver?.[Symbol.dispose]();
    this.#resolver = undefined;
    this.#staged = undefined;
  }

  async #read(source: AsyncIterable<Uint8Array>, terms: ListTerms, heldBytes: () => number): Promise<void> {
    this.#accept(
      await readList(source, terms, async (bytesUsed) => {
        if (this.#isDisposed) throw new Error('the session is disposed');
        await this.memory.cover(bytesUsed + heldBytes());
      }),
    );
  }

  #accept(staged: StagedList): void {
    this.#staged = staged;
    this.#resolver = new MatchResolver(staged);
    if (this.#isDisposed) this[Symbol.dispose]();
  }

  get #list(): StagedList {
    if (this.#staged === undefined) throw new Error('the session has no staged list');
    return this.#staged;
  }

  get #matches(): MatchResolver {
    if (this.#resolver === undefined) throw new Error('the session has no staged list');
    return this.#resolver;
  }
}

/** Gives the blocks away one by one; each is freed when the next is asked for. */
async function* drain(content: HeldContent): AsyncGenerator<Uint8Array> {
  for (let block = content.blocks.shift(); block !== undefined; block = content.blocks.shift()) {
    content.bytes -= block.length;
    yield block;
    release(block);
  }
}
