import type { Audience } from '../../../api/client.ts';

export function SharingTab(_props: { audience: Audience }) {
  return null;
}
