import type { Audience } from '../../../api/client.ts';

export function InsightsTab(_props: { audience: Audience }) {
  return null;
}
