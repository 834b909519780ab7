import { RecordPicker } from '../reading/record-picker.ts';
import { unpacked } from '../reading/unpacked.ts';
import type { FromLineTextsWorker, ToLineTextsWorker } from './read-line-texts.ts';

/** More of a line is not looked at. */
const shownCharacters = 300;

/** Looks lines up in the user's own file, off the thread that draws. Nothing of it leaves the browser. */
addEventListener('message', ({ data }: MessageEvent<ToLineTextsWorker>) => {
  void textsOf(data).then(
    (texts) => answer({ texts }),
    () => answer({ problem: 'failed' }),
  );
});

async function textsOf({ source, lines }: ToLineTextsWorker): Promise<ReadonlyMap<number, string>> {
  const texts = new Map<number, string>();
  const picker = new RecordPicker(source.shape, lines, {
    onRecord: ({ recordNumber }, text) => texts.set(recordNumber, shortened(text)),
  });
  const { stream } = await unpacked(source.file);
  const reader = stream.getReader();
  while (!picker.isDone) {
    const { value, done } = await reader.read();
    if (done) {
      picker.end();
      break;
    }
    picker.push(value);
  }
  await reader.cancel();
  return texts;
}

function shortened(text: string): string {
  const line = text.slice(0, shownCharacters).replaceAll('\n', ' \u23ce ').trimEnd();
  return text.length > shownCharacters ? `${line} \u2026` : line;
}

function answer(message: FromLineTextsWorker): void {
  postMessage(message);
}
