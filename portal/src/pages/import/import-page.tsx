import { useSearch } from '@tanstack/react-router';
import { useMay } from '../../app/session.tsx';
import { Page } from '../../parts/page.tsx';
import { ForbiddenState } from '../../parts/states.tsx';
import { EditMembers } from './edit/edit-members.tsx';
import { RecentImports } from './recent-imports.tsx';
import { Steps } from './steps.tsx';
import { text } from './text.ts';
import { useImportDraft } from './use-import.ts';

/** From a list to an audience, or to other members of one (`?audience=`). */
export function ImportPage() {
  const { audience } = useSearch({ from: '/import' });
  const may = useMay();
  if (!may('importLists')) {
    return (
      <Page title={text.title}>
        <ForbiddenState />
      </Page>
    );
  }
  return audience === undefined ? <NewAudience /> : <EditMembers audienceId={audience} />;
}

function NewAudience() {
  const { list, sending } = useImportDraft();
  return (
    <Page title={text.title} lead={text.lead}>
      <Steps />
      {list === undefined && sending === undefined && <RecentImports />}
    </Page>
  );
}
