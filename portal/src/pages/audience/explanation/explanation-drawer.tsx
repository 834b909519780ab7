import type { Audience } from '../../../api/client.ts';

export function ExplanationDrawer(_props: { audience: Audience }) {
  return null;
}
