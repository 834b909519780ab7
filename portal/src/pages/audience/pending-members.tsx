import { ButtonLink } from '../../parts/link.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { text } from './text.ts';

/** Nobody is told who is in it before a second person has read why. */
export function PendingMembers({ audienceId }: { audienceId: string }) {
  const toOverview = (
    <ButtonLink to="/audiences/$audienceId" params={{ audienceId }} search={{}} variant="default">
      {text.toOverview}
    </ButtonLink>
  );
  return <EmptyState title={text.pendingTitle} body={text.pending} actions={toOverview} />;
}
