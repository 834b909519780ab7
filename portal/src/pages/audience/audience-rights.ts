import type { Audience, Schemas } from '../../api/client.ts';

type Collaborator = Pick<Schemas['customerAudienceCollaborator'], 'principalId' | 'access'>;

/** What somebody may do with one audience (docs/guides/share-audiences.md); the server decides, this only hides. */
export interface AudienceRights {
  readonly mayEdit: boolean;
  readonly mayCopy: boolean;
  /** Share it, delete it. */
  readonly mayOwn: boolean;
  readonly mayApprove: boolean;
}

interface Asked {
  readonly audience: Pick<Audience, 'createdBy' | 'state' | 'approval'>;
  readonly collaborators: readonly Collaborator[];
  readonly personId: string;
  readonly isAdministrator: boolean;
  readonly mayEditAudiences: boolean;
  readonly mayApproveAudiences: boolean;
}

export function audienceRights(asked: Asked): AudienceRights {
  const { audience, collaborators, personId, isAdministrator, mayEditAudiences } = asked;
  const owns = isAdministrator || audience.createdBy === personId;
  const edits = owns || collaborators.some(({ principalId, access }) => principalId === personId && access === 'edit');
  const wroteIt = audience.approval?.requestedBy.includes(personId) === true;
  return {
    mayEdit: mayEditAudiences && edits,
    mayCopy: mayEditAudiences,
    mayOwn: mayEditAudiences && owns,
    mayApprove: asked.mayApproveAudiences && audience.state === 'pendingApproval' && !wroteIt,
  };
}
