import { useQuery } from '@tanstack/react-query';
import type { Audience } from '../../api/client.ts';
import { useMay, useSession } from '../../app/session.tsx';
import { collaboratorsQuery } from './audience-query.ts';
import { type AudienceRights, audienceRights } from './audience-rights.ts';

/** What the person may do with this audience. */
export function useAudienceRights(audience: Audience): AudienceRights {
  const { person, roles } = useSession();
  const may = useMay();
  const { data } = useQuery(collaboratorsQuery(audience.id));
  return audienceRights({
    audience,
    collaborators: data?.items ?? [],
    personId: person.id,
    isAdministrator: roles.includes('administrator'),
    mayEditAudiences: may('editAudiences'),
    mayApproveAudiences: may('approveAudiences'),
  });
}
