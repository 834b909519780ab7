import { Page } from '../../parts/page.tsx';

export function AudiencePage() {
  return <Page title="Audience">{null}</Page>;
}
