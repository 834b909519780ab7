import { cmac } from '../../crypto/aes-cmac.ts';
import type { Keyring } from '../../crypto/keyring.ts';
import type { Database } from '../../db/transaction.ts';
import { bitmapBytes, bitmapFrom } from '../../lib/bitmap.ts';
import type { Clock } from '../../lib/clock.ts';
import { Problem } from '../../lib/problem.ts';
import type { Audit } from '../audit/index.ts';
import { type CommandContext, type CommandReply, runCommand } from '../commands/index.ts';
import { deleteCustomer, insertDeparted, lockCustomerBase, saveCustomerBase } from './customer-change-store.ts';
import { findCustomerById } from './customer-store.ts';

/** A large load may be publishing: an erasure can wait longer than a page read. */
const lockTimeoutMs = 15_000;

/**
 * Erases a customer: from this commit on no page of any audience or version shows it, and its envelopes and tokens are
 * destroyed. A keyed token of the core customer id stays, so that a load can say that somebody returned.
 *
 * @throws Problem `notFound`, also for a customer of another institution
 */
export async function eraseCustomer(
  deps: { database: Database; keyring: Keyring; clock: Clock; audit: Audit },
  context: CommandContext,
  customerId: string,
): Promise<CommandReply> {
  const keys = await deps.keyring.forInstitution(context.principal.institutionId);
  const departedKey = keys.macKey('departed');
  return await runCommand(
    deps,
    context,
    async (tx) => {
      const base = await lockCustomerBase(tx);
      const row = await findCustomerById(tx, customerId);
      if (row === undefined) throw new Problem('notFound', { detail: 'There is no customer with this id.' });
      await deleteCustomer(tx, row.ordinal);
      await insertDeparted(tx, cmac(departedKey, Buffer.from(row.core_customer_id)).toString('hex'));
      const customerVersion = await saveCustomerBase(tx, {
        gone: withOrdinal(base.gone, row.ordinal),
        keepsFacts: true,
      });
      return { reply: { status: 204 }, audit: { resource: customerId, detail: { customerVersion } } };
    },
    { lockTimeoutMs },
  );
}

function withOrdinal(gone: Uint8Array, ordinal: number): Uint8Array {
  using bitmap = bitmapFrom(gone);
  bitmap.add(ordinal);
  return bitmapBytes(bitmap);
}
