import type { Audience } from '../../../api/client.ts';

export function OverlapTab(_props: { audience: Audience }) {
  return null;
}
