import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconHourglass, IconShieldCheck } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { type Audience, answered, api } from '../../../api/client.ts';
import { isConflict } from '../../../api/problem.ts';
import { useMay } from '../../../app/session.tsx';
import { useWords } from '../../../parts/criteria/use-words.ts';
import { ProblemState } from '../../../parts/states.tsx';
import { useActorNames } from '../../../parts/use-actor-names.ts';
import { formatAgo } from '../../../text/en.ts';
import pageClasses from '../audience.module.css';
import { type TaggedAudience, useAudienceChanged } from '../audience-query.ts';
import { useAudienceRights } from '../use-audience-rights.ts';
import { text } from './text.ts';

/** Why an audience for credit waits, what was written about it, and the approval, for whoever may give it. */
export function ApprovalBox({ audience }: { audience: TaggedAudience }) {
  const { state, approval } = audience.data;
  const nameOf = useActorNames([
    ...(approval?.requestedBy ?? []),
    ...(approval?.approvedBy === undefined ? [] : [approval.approvedBy]),
  ]);
  const { types, isLoading } = useWords([]);
  if (approval === undefined || isLoading) return null;
  const isPending = state === 'pendingApproval';
  const { approvedAt, approvedBy = '', requestedBy, requestedAt } = approval;
  const labels = approval.filterTypes.map((name) => types.find((type) => type.name === name)?.label ?? name).join(', ');
  return (
    <Alert
      color={isPending ? 'orange' : 'green'}
      variant="light"
      classNames={{ title: isPending ? pageClasses.waits : pageClasses.approved }}
      icon={isPending ? <IconHourglass aria-hidden /> : <IconShieldCheck aria-hidden />}
      title={
        isPending || approvedAt === undefined
          ? text.approval.pending
          : text.approval.approved(nameOf(approvedBy), formatAgo(approvedAt))
      }
    >
      <Stack gap="sm">
        <Text size="sm">{isPending ? text.approval.why(labels) : text.approval.whyApproved(labels)}</Text>
        <div>
          <Text size="sm" fw={600}>
            {text.approval.justification}
          </Text>
          <Text size="sm">{approval.justification ?? text.approval.none}</Text>
        </div>
        <Text size="sm">{text.approval.requested(requestedBy.map(nameOf).join(', '), formatAgo(requestedAt))}</Text>
        {isPending && <Approve audience={audience} />}
      </Stack>
    </Alert>
  );
}

function Approve({ audience: { data, tag } }: { audience: TaggedAudience }) {
  const { mayApprove } = useAudienceRights(data);
  const may = useMay();
  const approve = useApprove(data, tag);
  if (!mayApprove) return <Text size="sm">{may('approveAudiences') ? text.approval.yours : text.approval.others}</Text>;
  return (
    <Stack gap="sm">
      {approve.error !== null && (
        <ProblemState error={approve.error} retry={isConflict(approve.error) ? approve.reset : undefined} />
      )}
      <Group>
        <Button loading={approve.isPending} onClick={() => approve.mutate()}>
          {text.approval.action}
        </Button>
      </Group>
    </Stack>
  );
}

function useApprove(audience: Audience, tag: string) {
  const changed = useAudienceChanged();
  return useMutation({
    mutationFn: async () => {
      // What is approved is what was read: with another tag it is refused.
      const params = { query: { customerAudience: audience.id }, header: { 'if-match': tag } };
      return await answered(api.POST('/service/approvedCustomerAudiences', { params }));
    },
    onSuccess: () => notifications.show({ message: text.approval.done }),
    onSettled: changed,
  });
}
