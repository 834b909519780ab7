import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { readAudienceView } from '../pages/audience/view.ts';
import { readAudienceSearch } from '../pages/audiences/search.ts';
import { readBuildSearch } from '../pages/build/search.ts';
import { readImportedSearch, readImportSearch } from '../pages/import/search.ts';
import { ButtonLink } from '../parts/link.tsx';
import { EmptyState, LoadingState, ProblemState } from '../parts/states.tsx';
import { text } from '../text/en.ts';
import { Shell } from './shell.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });
const getParentRoute = () => root;

const start = createRoute({
  getParentRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/audiences', replace: true });
  },
});

const audiences = createRoute({
  getParentRoute,
  path: '/audiences',
  validateSearch: readAudienceSearch,
  component: lazyRouteComponent(() => import('../pages/audiences/audiences-page.tsx'), 'AudiencesPage'),
});

const audience = createRoute({
  getParentRoute,
  path: '/audiences/$audienceId',
  validateSearch: readAudienceView,
  component: lazyRouteComponent(() => import('../pages/audience/audience-page.tsx'), 'AudiencePage'),
});

const importList = createRoute({
  getParentRoute,
  path: '/import',
  validateSearch: readImportSearch,
  component: lazyRouteComponent(() => import('../pages/import/import-page.tsx'), 'ImportPage'),
});

const imported = createRoute({
  getParentRoute,
  path: '/import/$importId',
  validateSearch: readImportedSearch,
  component: lazyRouteComponent(() => import('../pages/import/imported-page.tsx'), 'ImportedPage'),
});

const build = createRoute({
  getParentRoute,
  path: '/build',
  validateSearch: readBuildSearch,
  component: lazyRouteComponent(() => import('../pages/build/build-page.tsx'), 'BuildPage'),
});

const templates = createRoute({
  getParentRoute,
  path: '/templates',
  component: lazyRouteComponent(() => import('../pages/templates/templates-page.tsx'), 'TemplatesPage'),
});

const operations = createRoute({
  getParentRoute,
  path: '/operations',
  component: lazyRouteComponent(() => import('../pages/operations/operations-page.tsx'), 'OperationsPage'),
});

const help = createRoute({
  getParentRoute,
  path: '/help',
  component: lazyRouteComponent(() => import('../pages/help/help-page.tsx'), 'HelpPage'),
});

const routeTree = root.addChildren([
  start,
  audiences,
  audience,
  importList,
  imported,
  build,
  templates,
  operations,
  help,
]);

/** Every view has an address; what its table is filtered by stands in the query. */
export const router = createRouter({
  routeTree,
  basepath: new URL(document.baseURI).pathname,
  defaultPreload: 'intent',
  defaultPendingComponent: () => <LoadingState />,
  defaultErrorComponent: ({ error }) => <ProblemState error={error} />,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

function NotFound() {
  return (
    <EmptyState
      title={text.states.notFoundTitle}
      body={text.states.notFound}
      actions={<ButtonLink to="/audiences">{text.states.backToAudiences}</ButtonLink>}
    />
  );
}
