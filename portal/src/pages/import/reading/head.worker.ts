import { readListHead } from './list-head.ts';
import { unreadable } from './list-text.ts';
import type { HeadAnswer, ToHeadWorker } from './read-head.ts';
import { firstBytes, unpacked } from './unpacked.ts';

/** So much of a list tells what it is. */
const headBytes = 256 * 1_024;

/** Looks at the beginning of a file, off the thread that draws. */
addEventListener('message', ({ data }: MessageEvent<ToHeadWorker>) => {
  void lookAt(data).then((answer) => postMessage(answer));
});

async function lookAt({ file, charset }: ToHeadWorker): Promise<HeadAnswer> {
  try {
    const { stream, isZipped } = await unpacked(file);
    const { bytes, isWhole } = await firstBytes(stream, headBytes);
    const problem = unreadable(bytes);
    if (problem !== undefined) return { problem };
    const head = readListHead(bytes, { isWhole, charset });
    return { read: { head, isZipped, lineEstimate: estimate(head, { isZipped, isWhole, fileBytes: file.size }) } };
  } catch {
    // A broken gzip, or a file that went away.
    return { problem: 'broken' };
  }
}

/** Of a packed file nobody knows the end before it is read. */
function estimate(
  head: { lineCount: number; bytesPerLine: number },
  file: { isZipped: boolean; isWhole: boolean; fileBytes: number },
): number | undefined {
  if (file.isWhole) return head.lineCount;
  return file.isZipped ? undefined : Math.round(file.fileBytes / head.bytesPerLine);
}
