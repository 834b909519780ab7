import type { LoadResource } from '../loads/load-kind.ts';
import { loadBody } from '../loads/load-view.ts';
import { accountFields } from './account-fields.ts';
import type { AccountLoad } from './account-load-schemas.ts';

export const accountLoadResource: LoadResource<AccountLoad> = {
  kind: 'accounts',
  noun: 'account load',
  collection: '/service/accountLoads',
  idAttribute: 'accountLoadId',
  bodyOf: (row, ledger) => loadBody(row, ledger, accountFields),
};
