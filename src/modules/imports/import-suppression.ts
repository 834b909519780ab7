import type { InstitutionTx } from '../../db/transaction.ts';
import {
  addSuppression,
  checkNewSuppression,
  createdHeaders,
  type NewSuppression,
  suppressionAudit,
  suppressionBody,
} from '../suppressions/index.ts';
import { takenBack } from './import-store.ts';
import type { MatchedList, Published } from './matched-list.ts';

/**
 * Makes a suppression of the customers whom a list names. A dry run makes it too, and takes it back, so that every
 * refusal is found.
 */
export async function publishSuppression(tx: InstitutionTx, list: MatchedList): Promise<Published> {
  const { match, at, viewer, importId, dryRun } = list;
  const order = orderOf(list);
  // A job may publish on a later day than the one on which the list was sent.
  checkNewSuppression(order, at);
  const { members } = match.resolution;
  const insert = async () => await addSuppression(tx, order, { members, importId }, { at, viewer });
  const made = dryRun ? await takenBack(tx, insert) : await insert();
  return {
    resource: made.row.id,
    columns: { suppression_id: dryRun ? null : made.row.id },
    audit: suppressionAudit(made),
    reply: (ledger) => ({
      status: dryRun ? 200 : 201,
      headers: dryRun ? {} : createdHeaders(made),
      body: { ...suppressionBody(made), import: ledger },
    }),
  };
}

function orderOf({ request: { name, description, suppression } }: MatchedList): NewSuppression {
  if (suppression === undefined) throw new Error('an import of mode suppress has no suppression');
  return { name, ...suppression, ...(description === null ? {} : { description }) };
}
