import { Button, Group, Progress, Stack, Text } from '@mantine/core';
import { useSearch } from '@tanstack/react-router';
import type { Audience } from '../../../api/client.ts';
import { Dialog } from '../../../parts/dialog.tsx';
import { ProblemState } from '../../../parts/states.tsx';
import { ExportForm } from './export-form.tsx';
import { ExportResult } from './export-result.tsx';
import type { Progress as Steps } from './gather.ts';
import { exportFileName } from './member-rows.ts';
import { saveFile } from './save-file.ts';
import { text } from './text.ts';
import { type ExportOrder, useExport } from './use-export.ts';

interface Props {
  readonly audience: Audience;
  readonly close: () => void;
}

/** Asks what the file is for, gathers it, and says whether it is whole. */
export function ExportDialog({ audience, close }: Props) {
  const { version = audience.version } = useSearch({ from: '/audiences/$audienceId' });
  const { run, progress, stop } = useExport();
  const save = (file: Blob, { format }: ExportOrder) =>
    saveFile(file, exportFileName({ name: audience.name, version, format }));
  const start = (order: ExportOrder) => {
    run.mutate(order, {
      onSuccess: ({ gathered, file }) => {
        if (gathered.verdict === 'whole') save(file, order);
      },
    });
  };
  const isStopped = run.error instanceof DOMException && run.error.name === 'AbortError';
  return (
    // A slip must not throw away what was gathered.
    <Dialog title={text.title} size="lg" close={close} isHeld={run.isPending}>
      {run.isPending ? (
        <Gathering progress={progress} stop={stop} />
      ) : run.data !== undefined ? (
        <ExportResult
          exported={run.data}
          version={version}
          save={(file) => save(file, run.variables)}
          again={run.reset}
          close={close}
        />
      ) : (
        <Stack>
          {isStopped && <Text role="status">{text.stopped}</Text>}
          {run.error !== null && !isStopped && <ProblemState error={run.error} />}
          <ExportForm audience={audience} version={version} start={start} close={close} />
        </Stack>
      )}
    </Dialog>
  );
}

function Gathering({ progress, stop }: { progress: Steps | undefined; stop: () => void }) {
  const { rowCount = 0, expectedCount = 0 } = progress ?? {};
  const percent = expectedCount === 0 ? 0 : Math.floor((rowCount / expectedCount) * 100);
  return (
    <Stack>
      <Progress.Root size="lg">
        <Progress.Section value={percent} aria-label={text.progressLabel} />
      </Progress.Root>
      <Group justify="space-between">
        <Text size="sm" className="figures" role="status">
          {progress !== undefined && text.progress(rowCount, expectedCount)}
        </Text>
        <Button variant="default" onClick={stop} data-autofocus>
          {text.stop}
        </Button>
      </Group>
    </Stack>
  );
}
