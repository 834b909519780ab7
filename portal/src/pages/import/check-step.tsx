import { Button } from '@mantine/core';
import { CheckFrame } from './check-frame.tsx';
import { EditCheck } from './edit/edit-check.tsx';
import type { Check } from './import-store.ts';
import { Notice } from './notice.tsx';
import { SendingProblem } from './sending-problem.tsx';
import { text } from './text.ts';
import { useCarryOut } from './use-carry-out.ts';
import { useImportDraft } from './use-import.ts';

/** Step 2: what would become of the audience, and what became of each line; nothing is done yet. */
export function CheckStep() {
  const { check, edit } = useImportDraft();
  if (check === undefined) return null;
  return edit === undefined ? <NewAudienceCheck check={check} /> : <EditCheck check={check} edit={edit} />;
}

function NewAudienceCheck({ check: { ledger, refusal } }: { check: Check }) {
  const { problem } = useImportDraft();
  const create = useCarryOut();
  const isNobody = refusal !== undefined;
  return (
    <CheckFrame
      title={isNobody ? text.check.nobody : text.check.title(ledger.customerCount)}
      ledger={ledger}
      problem={problem && <SendingProblem problem={problem} purpose="create" retry={() => void create()} />}
      action={
        !isNobody && (
          <Button size="md" onClick={() => void create()}>
            {text.check.create(ledger.customerCount)}
          </Button>
        )
      }
    >
      {isNobody && <Notice tone="orange">{text.check.nobodyBody}</Notice>}
    </CheckFrame>
  );
}
