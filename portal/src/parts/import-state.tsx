import type { Schemas } from '../api/client.ts';
import { importStateWords } from '../text/words.ts';
import { StateMark, type Tone } from './state-mark.tsx';

type ImportState = Schemas['customerAudienceImport']['state'];

const tones = {
  receiving: 'busy',
  staged: 'busy',
  matching: 'busy',
  completed: 'good',
  preview: 'quiet',
  canceled: 'quiet',
  rejected: 'bad',
  failed: 'bad',
} as const satisfies Record<ImportState, Tone>;

/** How an import stands. */
export function ImportStateMark({ state }: { state: ImportState }) {
  return <StateMark tone={tones[state]} label={importStateWords[state]} />;
}
