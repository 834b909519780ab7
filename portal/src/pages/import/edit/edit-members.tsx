import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Audience } from '../../../api/client.ts';
import { ButtonLink } from '../../../parts/link.tsx';
import { Page } from '../../../parts/page.tsx';
import { EmptyState, LoadingState, ProblemState } from '../../../parts/states.tsx';
import { Steps } from '../steps.tsx';
import { AudienceLink } from './audience-link.tsx';
import { editedQuery } from './edited-query.ts';
import { text } from './text.ts';

/** The import of a list that changes who is in an audience, where a list may. */
export function EditMembers({ audienceId }: { audienceId: string }) {
  const { data, error, refetch } = useQuery(editedQuery(audienceId));
  return (
    <Page
      title={text.title}
      above={<AudienceLink audienceId={audienceId} />}
      lead={data && text.present(data.customerCount, data.version)}
    >
      {error !== null && <ProblemState error={error} retry={refetch} />}
      {data === undefined && error === null && <LoadingState />}
      {data !== undefined && <Edit audience={data} />}
    </Page>
  );
}

function Edit({ audience }: { audience: Audience }) {
  const { id, kind, state } = audience;
  if (state === 'archived') return <Hindrance id={id} {...text.archived} />;
  if (kind === 'filtered') {
    const change = (
      <ButtonLink to="/build" search={{ audience: id }}>
        {text.byCriteria.action}
      </ButtonLink>
    );
    return <Hindrance id={id} title={text.byCriteria.title} body={text.byCriteria.body} action={change} />;
  }
  if (kind === 'combined') return <Hindrance id={id} {...text.combined} />;
  return <Steps audienceId={id} />;
}

/** Why no list can change it, and what can. */
function Hindrance(props: { id: string; title: string; body: string; action?: ReactNode }) {
  const { id, title, body, action } = props;
  const back = (
    <>
      {action}
      <ButtonLink to="/audiences/$audienceId" params={{ audienceId: id }} variant="default">
        {text.toAudience}
      </ButtonLink>
    </>
  );
  return <EmptyState title={title} body={body} actions={back} />;
}
