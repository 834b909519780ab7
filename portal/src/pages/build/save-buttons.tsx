import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useBuilder } from './builder-context.tsx';
import { SaveDialog } from './save-dialog.tsx';
import type { Source } from './source.ts';
import { TemplateDialog } from './template-dialog.tsx';
import { text } from './text.ts';
import type { Counted } from './use-estimate.ts';

/** Keeps the criteria as an audience, or for others as a template. */
export function SaveButtons({ source, counted, saved }: { source: Source; counted: Counted; saved: () => void }) {
  const { criteria } = useBuilder();
  const [isSaving, audienceDialog] = useDisclosure(false);
  const [isTemplating, templateDialog] = useDisclosure(false);
  const hasNone = criteria.parts.length === 0;
  const openIfComplete = (open: () => void) => {
    const refused = reasonAgainst(counted);
    if (refused === undefined) open();
    else notifications.show({ color: 'orange', message: refused });
  };
  const { filters } = counted.written;
  return (
    <>
      <Button variant="default" disabled={hasNone} onClick={() => openIfComplete(templateDialog.open)}>
        {text.save.asTemplate}
      </Button>
      <Button disabled={hasNone} onClick={() => openIfComplete(audienceDialog.open)}>
        {source.audience === undefined ? text.save.open : text.save.openChange}
      </Button>
      {isSaving && <SaveDialog source={source} filters={filters} close={audienceDialog.close} saved={saved} />}
      {isTemplating && <TemplateDialog filters={filters} close={templateDialog.close} />}
    </>
  );
}

function reasonAgainst({ written, faults }: Counted): string | undefined {
  if (written.incomplete.length > 0) return text.save.incomplete;
  return faults.size > 0 ? text.save.refused : undefined;
}
