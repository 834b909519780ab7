import type { Keyring } from '../../../crypto/keyring.ts';
import type { Database } from '../../../db/transaction.ts';
import type { Clock } from '../../../lib/clock.ts';
import { sendBody } from '../loads/load-body.ts';
import type { Intake, IntakeOrder, LoadKind } from '../loads/load-kind.ts';
import type { LoadThreadPool } from '../loads/load-threads.ts';
import { startLoadWorkers } from '../loads/load-workers.ts';
import type { Spool } from '../loads/spool.ts';
import { analyzeAccounts } from './account-apply-store.ts';
import { accountLoadResource } from './account-load-view.ts';
import { publishAccounts } from './account-publish.ts';

interface AccountKindDeps {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly threads: LoadThreadPool;
}

/** Loads of accounts. */
export function createAccountKind(deps: AccountKindDeps): LoadKind {
  return { ...accountLoadResource, takeIn: (order, spool) => takeIn(deps, order, spool), analyze: analyzeAccounts };
}

async function takeIn(deps: AccountKindDeps, order: IntakeOrder, spool: Spool): Promise<Intake> {
  const { format, ignoreColumns, limits, mode } = order;
  const keys = await deps.keyring.forInstitution(order.institutionId);
  await using workers = startLoadWorkers(deps.threads, {
    terms: {
      kind: 'accounts',
      format,
      ignoreColumns,
      linesMax: limits.linesMax,
      keepsRefusedKeys: mode === 'replace',
      accountKey: keys.macKey('account'),
    },
    spool,
    onProgress: order.onProgress,
  });
  const digest = await sendBody(workers, order.body, { bytesMax: limits.bytesMax, digestKey: order.digestKey });
  const summary = await workers.finish();
  return {
    summary,
    digest,
    publish: async (tx, publishing, stillRuns) => {
      const today = deps.clock.now().toISOString().slice(0, 10);
      return await publishAccounts(deps, tx, { ...publishing, spool, summary, today }, stillRuns);
    },
  };
}
