import { Page } from '../../parts/page.tsx';

export function HelpPage() {
  return <Page title="Help">{null}</Page>;
}
