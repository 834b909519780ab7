import { AsyncLocalStorage } from 'node:async_hooks';

interface Holder {
  open: boolean;
}

const holders = new AsyncLocalStorage<Holder>();

/**
 * Throws when this flow of calls already holds a transaction. The embedded engine has one session, so the inner
 * transaction would wait for the outer one for ever; PostgreSQL would take a second connection and starve the pool
 * under load. The guard is active on both, so that the mistake shows everywhere.
 */
export function assertNoTransactionHeld(): void {
  if (holders.getStore()?.open === true) {
    throw new Error('a transaction is already held here: pass its tx on instead of opening another one');
  }
}

/** Runs the work marked as holding a transaction; what it started and left running is free again afterwards. */
export async function holdingTransaction<T>(work: () => Promise<T>): Promise<T> {
  const holder: Holder = { open: true };
  try {
    return await holders.run(holder, work);
  } finally {
    holder.open = false;
  }
}
