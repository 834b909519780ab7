import type { Audience } from '../../../api/client.ts';

export function HistoryTab(_props: { audience: Audience }) {
  return null;
}
