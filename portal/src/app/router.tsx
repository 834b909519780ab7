import { Group } from '@mantine/core';
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { loadPart } from '../api/connection.ts';
import { readAudienceView } from '../pages/audience/view.ts';
import { readAudienceSearch } from '../pages/audiences/search.ts';
import { readBuildSearch } from '../pages/build/search.ts';
import { readImportedSearch, readImportSearch } from '../pages/import/search.ts';
import { readAuditSearch } from '../pages/operations/audit/search.ts';
import { readImportSearch as readImportsSearch } from '../pages/operations/imports/search.ts';
import { readLoadSearch } from '../pages/operations/loads/search.ts';
import { readPeopleSearch } from '../pages/operations/people/search.ts';
import { ButtonLink } from '../parts/link.tsx';
import { Page } from '../parts/page.tsx';
import { LoadingState, ProblemState } from '../parts/states.tsx';
import { text } from '../text/en.ts';
import { Shell } from './shell.tsx';

/** The component of a view, which comes when somebody goes there. */
const view: typeof lazyRouteComponent = (load, name) => lazyRouteComponent(() => loadPart(load), name);

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
  component: view(() => import('../pages/audiences/audiences-page.tsx'), 'AudiencesPage'),
});

const audience = createRoute({
  getParentRoute,
  path: '/audiences/$audienceId',
  validateSearch: readAudienceView,
  component: view(() => import('../pages/audience/audience-page.tsx'), 'AudiencePage'),
});

const importList = createRoute({
  getParentRoute,
  path: '/import',
  validateSearch: readImportSearch,
  component: view(() => import('../pages/import/import-page.tsx'), 'ImportPage'),
});

const imported = createRoute({
  getParentRoute,
  path: '/import/$importId',
  validateSearch: readImportedSearch,
  component: view(() => import('../pages/import/imported-page.tsx'), 'ImportedPage'),
});

const build = createRoute({
  getParentRoute,
  path: '/build',
  validateSearch: readBuildSearch,
  component: view(() => import('../pages/build/build-page.tsx'), 'BuildPage'),
});

const templates = createRoute({
  getParentRoute,
  path: '/templates',
  component: view(() => import('../pages/templates/templates-page.tsx'), 'TemplatesPage'),
});

const operations = createRoute({
  getParentRoute,
  path: '/operations',
  component: view(() => import('../pages/operations/operations-page.tsx'), 'OperationsPage'),
});

const imports = createRoute({
  getParentRoute,
  path: '/operations/imports',
  validateSearch: readImportsSearch,
  component: view(() => import('../pages/operations/imports/imports-page.tsx'), 'ImportsPage'),
});

const suppressions = createRoute({
  getParentRoute,
  path: '/operations/suppressions',
  component: view(() => import('../pages/operations/suppressions/suppressions-page.tsx'), 'SuppressionsPage'),
});

const people = createRoute({
  getParentRoute,
  path: '/operations/people',
  validateSearch: readPeopleSearch,
  component: view(() => import('../pages/operations/people/people-page.tsx'), 'PeoplePage'),
});

const applications = createRoute({
  getParentRoute,
  path: '/operations/applications',
  component: view(() => import('../pages/operations/applications/applications-page.tsx'), 'ApplicationsPage'),
});

const keys = createRoute({
  getParentRoute,
  path: '/operations/keys',
  component: view(() => import('../pages/operations/keys/keys-page.tsx'), 'KeysPage'),
});

const customerLoads = createRoute({
  getParentRoute,
  path: '/operations/customer-loads',
  validateSearch: readLoadSearch,
  component: view(() => import('../pages/operations/loads/loads-page.tsx'), 'CustomerLoadsPage'),
});

const accountLoads = createRoute({
  getParentRoute,
  path: '/operations/account-loads',
  validateSearch: readLoadSearch,
  component: view(() => import('../pages/operations/loads/loads-page.tsx'), 'AccountLoadsPage'),
});

const settings = createRoute({
  getParentRoute,
  path: '/operations/settings',
  component: view(() => import('../pages/operations/settings/settings-page.tsx'), 'SettingsPage'),
});

const identifierTypes = createRoute({
  getParentRoute,
  path: '/operations/identifier-types',
  component: view(
    () => import('../pages/operations/identifier-types/identifier-types-page.tsx'),
    'IdentifierTypesPage',
  ),
});

const attributes = createRoute({
  getParentRoute,
  path: '/operations/attributes',
  component: view(() => import('../pages/operations/attributes/attributes-page.tsx'), 'AttributesPage'),
});

const audit = createRoute({
  getParentRoute,
  path: '/operations/audit',
  validateSearch: readAuditSearch,
  component: view(() => import('../pages/operations/audit/audit-page.tsx'), 'AuditPage'),
});

const help = createRoute({
  getParentRoute,
  path: '/help',
  component: view(() => import('../pages/help/help-page.tsx'), 'HelpPage'),
});

const helpPage = createRoute({
  getParentRoute,
  path: '/help/$kind/$name',
  component: view(() => import('../pages/help/document-page.tsx'), 'DocumentPage'),
});

const operationsRoutes = [
  operations,
  imports,
  suppressions,
  people,
  applications,
  keys,
  customerLoads,
  accountLoads,
  settings,
  identifierTypes,
  attributes,
  audit,
] as const;

const routeTree = root.addChildren([
  start,
  audiences,
  audience,
  importList,
  imported,
  build,
  templates,
  help,
  ...operationsRoutes,
  helpPage,
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
    <Page title={text.states.notFoundTitle} lead={text.states.notFound}>
      <Group>
        <ButtonLink to="/audiences">{text.states.backToAudiences}</ButtonLink>
      </Group>
    </Page>
  );
}
