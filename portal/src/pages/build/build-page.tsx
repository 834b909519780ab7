import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useMay } from '../../app/session.tsx';
import { filterTypesQuery } from '../../parts/criteria/filter-types-query.ts';
import { ButtonLink } from '../../parts/link.tsx';
import { Page } from '../../parts/page.tsx';
import { EmptyState, ForbiddenState, LoadingState, ProblemState } from '../../parts/states.tsx';
import { Builder } from './builder.tsx';
import { audienceQuery, templateQuery } from './queries.ts';
import type { BuildSearch } from './search.ts';
import type { Source } from './source.ts';
import { text } from './text.ts';

/** Criteria of a new audience, of one that is there (`?audience=`), or from a template (`?template=`). */
export function BuildPage() {
  const search = useSearch({ from: '/build' });
  const may = useMay();
  if (!may('editAudiences')) {
    return (
      <Page title={text.title}>
        <ForbiddenState body={text.forbidden} />
      </Page>
    );
  }
  const key = `${search.audience ?? ''}:${search.template ?? ''}`;
  if (search.audience !== undefined) return <OfAudience key={key} id={search.audience} search={search} />;
  if (search.template !== undefined) return <OfTemplate key={key} id={search.template} search={search} />;
  return <Prepared key={key} source={{ search, filters: [] }} error={null} />;
}

function OfAudience({ id, search }: { id: string; search: BuildSearch }) {
  // Only what was read just now has the tag that a change of it needs.
  const { data, error, isFetchedAfterMount } = useQuery({ ...audienceQuery(id), refetchOnMount: 'always' });
  const { data: audience, tag } = data ?? {};
  if (audience !== undefined && audience.filters === undefined) return <NotByCriteria id={id} />;
  const isRead = audience?.filters !== undefined && tag !== undefined && isFetchedAfterMount;
  const source = isRead ? { search, filters: audience.filters ?? [], audience, tag } : undefined;
  return <Prepared source={source} error={error} />;
}

function OfTemplate({ id, search }: { id: string; search: BuildSearch }) {
  const { data, error } = useQuery(templateQuery(id));
  const template = data?.data;
  if (template?.excluded === true) return <Excluded />;
  const source = template === undefined ? undefined : { search, filters: template.filters, template };
  return <Prepared source={source} error={error} />;
}

/** The builder, once there is what it begins with and what can be asked. */
function Prepared({ source, error }: { source: Source | undefined; error: unknown }) {
  const types = useQuery(filterTypesQuery);
  if (source !== undefined && types.data !== undefined) return <Builder source={source} types={types.data} />;
  const problem = error ?? types.error;
  return <Page title={text.title}>{problem === null ? <LoadingState /> : <ProblemState error={problem} />}</Page>;
}

function Excluded() {
  const back = (
    <ButtonLink to="/templates" variant="default">
      {text.save.seeTemplates}
    </ButtonLink>
  );
  return (
    <Page title={text.title}>
      <EmptyState title={text.excludedTitle} body={text.excluded} actions={back} />
    </Page>
  );
}

function NotByCriteria({ id }: { id: string }) {
  const back = (
    <ButtonLink to="/audiences/$audienceId" params={{ audienceId: id }} variant="default">
      {text.toAudience}
    </ButtonLink>
  );
  return (
    <Page title={text.title}>
      <EmptyState title={text.notByCriteriaTitle} body={text.notByCriteria} actions={back} />
    </Page>
  );
}
