import { useQuery } from '@tanstack/react-query';
import { Link } from '../../../parts/link.tsx';
import { editedQuery } from './edited-query.ts';

/** Leads to the audience whose members are edited, by its name; nothing for whoever may not see it, or no longer. */
export function AudienceLink({ audienceId }: { audienceId: string }) {
  const { data } = useQuery(editedQuery(audienceId));
  if (data === undefined) return null;
  return (
    <Link to="/audiences/$audienceId" params={{ audienceId }} size="sm">
      {data.name}
    </Link>
  );
}
