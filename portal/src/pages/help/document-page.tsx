import { IconArrowLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useLocation, useParams } from '@tanstack/react-router';
import { useEffect } from 'react';
import { ButtonLink } from '../../parts/link.tsx';
import { Page } from '../../parts/page.tsx';
import { LoadingState, ProblemState } from '../../parts/states.tsx';
import { readDocument } from './documents.ts';
import { kinds, splitDocument } from './help-links.ts';
import { MarkdownView } from './markdown-view.tsx';
import { text } from './text.ts';

/** One guide, or what one problem means. */
export function DocumentPage() {
  const { kind: kindParam, name } = useParams({ from: '/help/$kind/$name' });
  const kind = kinds.find((known) => known === kindParam);
  const { data, error, refetch } = useQuery({
    queryKey: ['help', kind, name],
    queryFn: () => (kind === undefined ? null : readDocument(kind, name)),
    staleTime: Number.POSITIVE_INFINITY,
  });
  useHeading(data !== undefined);
  const back = (
    <ButtonLink to="/help" variant="default" leftSection={<IconArrowLeft size={16} aria-hidden />}>
      {text.back}
    </ButtonLink>
  );
  if (data === null) return <Page title={text.notFoundTitle} lead={text.notFound} actions={back} />;
  if (data === undefined || kind === undefined)
    return error === null ? <LoadingState /> : <ProblemState error={error} retry={refetch} />;
  const { title, body } = splitDocument(data);
  return (
    <Page title={title} lead={text.kinds[kind].title} actions={back}>
      <MarkdownView kind={kind} body={body} />
    </Page>
  );
}

/** The address may name a heading, which is there only once the document is. */
function useHeading(isThere: boolean): void {
  const hash = useLocation({ select: (location) => location.hash });
  useEffect(() => {
    if (isThere && hash !== '') document.getElementById(hash)?.scrollIntoView();
  }, [isThere, hash]);
}
