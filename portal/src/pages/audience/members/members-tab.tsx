import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconEye, IconEyeOff, IconHistory } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { Audience } from '../../../api/client.ts';
import { useMay } from '../../../app/session.tsx';
import { Link } from '../../../parts/link.tsx';
import { EmptyState, LoadingState, ProblemState } from '../../../parts/states.tsx';
import { PendingMembers } from '../pending-members.tsx';
import { FindCustomer } from './find-customer.tsx';
import { MemberTable } from './member-table.tsx';
import { membersQuery } from './members-query.ts';
import { RevealDialog } from './reveal-dialog.tsx';
import { text } from './text.ts';

/** Who is in it, or was in a version of it. */
export function MembersTab({ audience }: { audience: Audience }) {
  const { version = audience.version } = useSearch({ from: '/audiences/$audienceId' });
  const [reason, setReason] = useState<string>();
  if (audience.state === 'pendingApproval') return <PendingMembers audienceId={audience.id} />;
  return (
    <Stack gap="md">
      {version !== audience.version && <OlderVersion audience={audience} version={version} />}
      <Group justify="space-between" align="center">
        <Masking reason={reason} setReason={setReason} />
        <FindCustomer />
      </Group>
      <Members key={`${version} ${reason}`} audience={audience} version={version} reason={reason} />
    </Stack>
  );
}

function Members(props: { audience: Audience; version: number; reason: string | undefined }) {
  const { audience, version, reason } = props;
  const query = useInfiniteQuery(membersQuery({ audienceId: audience.id, version, reason }));
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage, isFetchNextPageError } = query;
  const rows = data?.pages.flatMap((page) => page.items) ?? [];
  const last = data?.pages.at(-1);
  if (last === undefined) return error === null ? <LoadingState /> : <ProblemState error={error} retry={refetch} />;
  if (rows.length === 0 && !hasNextPage) return <EmptyState title={text.emptyTitle} body={text.empty} />;
  return (
    <Stack gap="xs">
      <Text size="sm" className="quiet figures" role="status">
        {text.shown(rows.length, last.count - last.withheldCount)}
        {last.withheldCount > 0 && ` · ${text.withheld(last.withheldCount)}`}
      </Text>
      <MemberTable
        rows={rows}
        rowCount={last.count - last.withheldCount}
        isRevealed={reason !== undefined}
        hasMore={hasNextPage && !isFetchingNextPage && !isFetchNextPageError}
        loadMore={fetchNextPage}
      />
      {isFetchingNextPage && (
        <Text size="sm" className="quiet" ta="center">
          {text.loadingMore}
        </Text>
      )}
      {isFetchNextPageError && <ProblemState error={error} retry={fetchNextPage} />}
    </Stack>
  );
}

function OlderVersion({ audience, version }: { audience: Audience; version: number }) {
  return (
    <Alert color="yellow" icon={<IconHistory size={18} aria-hidden />}>
      <Group gap="sm">
        <Text size="sm">{text.older(version, audience.version)}</Text>
        <Link
          to="/audiences/$audienceId"
          params={{ audienceId: audience.id }}
          search={{ tab: 'members' }}
          size="sm"
          c="inherit"
          td="underline"
        >
          {text.toPresent}
        </Link>
      </Group>
    </Alert>
  );
}

function Masking(props: { reason: string | undefined; setReason: (reason: string | undefined) => void }) {
  const may = useMay();
  const [isAsking, setAsking] = useState(false);
  const isRevealed = props.reason !== undefined;
  return (
    <Group gap="sm">
      <Text size="sm" className="quiet">
        {props.reason === undefined ? text.masked : text.revealed(props.reason)}
      </Text>
      {may('revealIdentity') && (
        <Button
          size="compact-sm"
          variant="default"
          leftSection={isRevealed ? <IconEyeOff size={14} aria-hidden /> : <IconEye size={14} aria-hidden />}
          onClick={() => (isRevealed ? props.setReason(undefined) : setAsking(true))}
        >
          {isRevealed ? text.hide : text.reveal}
        </Button>
      )}
      {isAsking && (
        <RevealDialog
          reveal={(reason) => {
            props.setReason(reason);
            setAsking(false);
          }}
          close={() => setAsking(false)}
        />
      )}
    </Group>
  );
}
