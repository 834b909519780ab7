import { unpacked } from '../reading/unpacked.ts';
import { type RejectShape, RejectWriter, type WantedLine } from './reject-file.ts';

export type ToRejectsWorker =
  | { readonly kind: 'lines'; readonly lines: readonly WantedLine[] }
  | { readonly kind: 'write'; readonly file: Blob; readonly shape: RejectShape };

export type FromRejectsWorker =
  | { readonly kind: 'progress'; readonly share: number }
  | { readonly kind: 'written'; readonly file: Blob; readonly lineCount: number; readonly hasAll: boolean }
  | { readonly kind: 'failed' };

/** Text is handed to the browser in pieces of this many characters, so that it need not stay in memory. */
const pieceCharacters = 1_048_576;
const wanted: WantedLine[] = [];

/** Walks through the user's own file, off the thread that draws. Nothing of it leaves the browser. */
addEventListener('message', ({ data }: MessageEvent<ToRejectsWorker>) => {
  if (data.kind === 'lines') wanted.push(...data.lines);
  else void write(data.file, data.shape).catch(() => answer({ kind: 'failed' }));
});

async function write(file: Blob, shape: RejectShape): Promise<void> {
  const pieces: Blob[] = [];
  let piece = '';
  const flush = () => {
    pieces.push(new Blob([piece]));
    piece = '';
  };
  const writer = new RejectWriter(shape, wanted, (text) => {
    piece += text;
    if (piece.length >= pieceCharacters) flush();
  });
  const { stream, isZipped } = await unpacked(file);
  const reader = stream.getReader();
  let bytes = 0;
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    writer.push(value);
    bytes += value.length;
    if (!isZipped) answer({ kind: 'progress', share: bytes / file.size });
  }
  const end = writer.end();
  flush();
  answer({ kind: 'written', file: new Blob(pieces, { type: 'text/csv;charset=utf-8' }), ...end });
}

function answer(message: FromRejectsWorker): void {
  postMessage(message);
}
