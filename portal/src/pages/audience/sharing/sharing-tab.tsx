import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Audience } from '../../../api/client.ts';
import { LoadingState, ProblemState } from '../../../parts/states.tsx';
import { collaboratorsQuery } from '../audience-query.ts';
import { Section } from '../section.tsx';
import { useAudienceRights } from '../use-audience-rights.ts';
import { CollaboratorTable } from './collaborator-table.tsx';
import { ShareForm } from './share-form.tsx';
import { text } from './text.ts';

/** Who besides its owner sees it, and who may change that. */
export function SharingTab({ audience }: { audience: Audience }) {
  const { data, error, refetch } = useQuery(collaboratorsQuery(audience.id));
  const { mayOwn } = useAudienceRights(audience);
  if (error !== null) return <ProblemState error={error} retry={refetch} />;
  if (data === undefined) return <LoadingState />;
  return (
    <Section title={text.title} lead={text.lead}>
      {mayOwn && <ShareForm audience={audience} collaborators={data.items} />}
      {data.items.length === 0 ? (
        <Text className="quiet" mt="sm">
          {text.nobody}
        </Text>
      ) : (
        <CollaboratorTable audience={audience} collaborators={data.items} mayChange={mayOwn} />
      )}
    </Section>
  );
}
