import { Page } from '../../parts/page.tsx';

export function BuildPage() {
  return <Page title="Build from criteria">{null}</Page>;
}
