import type { TaggedAudience } from '../audience-query.ts';

export function OverviewTab(_props: { audience: TaggedAudience }) {
  return null;
}
