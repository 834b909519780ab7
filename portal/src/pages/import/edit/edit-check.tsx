import { Box, Button, Text } from '@mantine/core';
import { useState } from 'react';
import type { ApiProblem } from '../../../api/problem.ts';
import { ConfirmDialog } from '../../../parts/dialog.tsx';
import { Figures } from '../../../parts/figures.tsx';
import { CheckFrame } from '../check-frame.tsx';
import type { Check } from '../import-store.ts';
import { Notice } from '../notice.tsx';
import { SendingProblem } from '../sending-problem.tsx';
import { useCarryOut } from '../use-carry-out.ts';
import { useImportDraft } from '../use-import.ts';
import { EditConflict } from './conflict.tsx';
import type { Edit, EditPreview } from './edit.ts';
import { text } from './text.ts';

/** Step 2 of an edit: who would come and who would leave. */
export function EditCheck({ check, edit }: { check: Check; edit: Edit }) {
  const { ledger, preview } = check;
  const { problem } = useImportDraft();
  const isNobody = ledger.customerCount === 0;
  const changes = preview !== undefined && preview.addedCount + preview.removedCount > 0;
  const title = preview === undefined ? text.check.nobody : text.check.change(preview.addedCount, preview.removedCount);
  return (
    <CheckFrame
      title={isNobody ? text.check.nobody : title}
      ledger={ledger}
      problem={problem && <Refused problem={problem} audienceId={edit.audienceId} />}
      action={changes && <Action edit={edit} preview={preview} />}
    >
      {isNobody && <Notice tone="orange">{text.check.nobodyTo[edit.mode]}</Notice>}
      {!isNobody && !changes && <Text>{text.check.unchanged[edit.mode](ledger.customerCount)}</Text>}
      {changes && <Change preview={preview} />}
    </CheckFrame>
  );
}

function Refused({ problem, audienceId }: { problem: ApiProblem; audienceId: string }) {
  if (problem.name === 'preconditionFailed') return <EditConflict audienceId={audienceId} />;
  return <SendingProblem problem={problem} purpose="edit" />;
}

/** The size before, who leaves, who comes, and the size after, which they add up to. */
function Change({ preview: { before, addedCount, removedCount, after } }: { preview: EditPreview }) {
  const figures = [
    { label: text.check.now, count: before },
    { label: text.check.added, count: addedCount },
    { label: text.check.removed, count: removedCount },
  ];
  return (
    <Box component="section" aria-label={text.check.table} maw={360}>
      <Figures figures={figures} total={{ label: text.check.after, count: after }} />
    </Box>
  );
}

/** A replace asks once more: who is not on the list leaves. */
function Action({ edit: { mode }, preview }: { edit: Edit; preview: EditPreview }) {
  const carryOut = useCarryOut();
  const [isAsking, setAsking] = useState(false);
  const { addedCount, removedCount, after } = preview;
  const begin = () => (mode === 'replace' ? setAsking(true) : void carryOut());
  return (
    <>
      <Button size="md" onClick={begin}>
        {text.check.action[mode](addedCount, removedCount)}
      </Button>
      {isAsking && (
        <ConfirmDialog
          title={text.confirm.title}
          body={text.confirm.body(addedCount, removedCount, after)}
          confirm={() => void carryOut()}
          confirmLabel={text.confirm.action}
          close={() => setAsking(false)}
          isGrave={removedCount > 0}
          isBusy={false}
          error={null}
        />
      )}
    </>
  );
}
