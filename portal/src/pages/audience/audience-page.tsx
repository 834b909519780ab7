import { Alert, Tabs } from '@mantine/core';
import { IconArchive } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense, useEffect } from 'react';
import type { Audience } from '../../api/client.ts';
import { problemOfError } from '../../api/problem.ts';
import { useMay } from '../../app/session.tsx';
import { Link } from '../../parts/link.tsx';
import { Page } from '../../parts/page.tsx';
import { LoadingState, ProblemState } from '../../parts/states.tsx';
import { AudienceActions } from './audience-actions.tsx';
import { AudienceFacts } from './audience-facts.tsx';
import { audienceQuery, type TaggedAudience } from './audience-query.ts';
import { text } from './text.ts';
import { type Tab, tabs } from './view.ts';

const Overview = lazy(async () => ({ default: (await import('./overview/overview-tab.tsx')).OverviewTab }));
const Members = lazy(async () => ({ default: (await import('./members/members-tab.tsx')).MembersTab }));
const Insights = lazy(async () => ({ default: (await import('./insights/insights-tab.tsx')).InsightsTab }));
const History = lazy(async () => ({ default: (await import('./history/history-tab.tsx')).HistoryTab }));
const Overlap = lazy(async () => ({ default: (await import('./overlap/overlap-tab.tsx')).OverlapTab }));
const Sharing = lazy(async () => ({ default: (await import('./sharing/sharing-tab.tsx')).SharingTab }));
const Explanation = lazy(async () => ({
  default: (await import('./explanation/explanation-drawer.tsx')).ExplanationDrawer,
}));

const toAll = (
  <Link to="/audiences" size="sm">
    {text.all}
  </Link>
);

/** One audience: what it is, who is in it, how it came to be, and what can be done with it. */
export function AudiencePage() {
  const { audienceId } = useParams({ from: '/audiences/$audienceId' });
  const { data, error, refetch } = useQuery(audienceQuery(audienceId));
  // What is gone meanwhile is not shown as if it were there; what only could not be read anew is.
  const isGone = problemOfError(error).status === 404;
  if (data !== undefined && !isGone) return <Shown key={audienceId} audience={data} />;
  if (error !== null) {
    return (
      <Page title={text.unknown} above={toAll}>
        <ProblemState error={error} retry={refetch} />
      </Page>
    );
  }
  return <LoadingState label={text.loading} />;
}

function Shown({ audience }: { audience: TaggedAudience }) {
  useFocusOnArrival();
  const { data } = audience;
  return (
    <Page
      title={data.name}
      above={toAll}
      lead={<AudienceFacts audience={data} />}
      actions={<AudienceActions audience={audience} />}
    >
      {data.state === 'archived' && (
        <Alert color="gray" icon={<IconArchive size={18} aria-hidden />}>
          {text.archived}
        </Alert>
      )}
      <Parts audience={audience} />
      <Suspense fallback={null}>
        <Explanation audience={data} />
      </Suspense>
    </Page>
  );
}

/** The heading was not there yet when the shell looked for it: whoever has not moved on since begins at it. */
function useFocusOnArrival(): void {
  useEffect(() => {
    if (document.activeElement === document.body) document.getElementById('page-title')?.focus({ preventScroll: true });
  }, []);
}

function Parts({ audience }: { audience: TaggedAudience }) {
  const { tab: asked = 'overview' } = useSearch({ from: '/audiences/$audienceId' });
  const navigate = useNavigate({ from: '/audiences/$audienceId' });
  const may = useMay();
  const mayShow = (tab: Tab) => may('readMembers') || (tab !== 'members' && tab !== 'overlap');
  const tab = mayShow(asked) ? asked : 'overview';
  return (
    <Tabs
      value={tab}
      onChange={(value) => {
        const next = tabs.find((known) => known === value);
        void navigate({ search: next === undefined || next === 'overview' ? {} : { tab: next }, resetScroll: false });
      }}
      // An arrow only moves: each part costs a question to the server.
      activateTabWithKeyboard={false}
      keepMounted={false}
    >
      <Tabs.List aria-label={text.tabsLabel}>
        {tabs.filter(mayShow).map((known) => (
          <Tabs.Tab key={known} value={known}>
            {text.tabs[known]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={tab} pt="lg">
        <Suspense fallback={<LoadingState />}>{partOf(tab, audience)}</Suspense>
      </Tabs.Panel>
    </Tabs>
  );
}

function partOf(tab: Tab, audience: TaggedAudience): ReactNode {
  const { data }: { data: Audience } = audience;
  switch (tab) {
    case 'overview':
      return <Overview audience={audience} />;
    case 'members':
      return <Members audience={data} />;
    case 'insights':
      return <Insights audience={data} />;
    case 'history':
      return <History audience={data} />;
    case 'overlap':
      return <Overlap audience={data} />;
    case 'sharing':
      return <Sharing audience={data} />;
  }
}
