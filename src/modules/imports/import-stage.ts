import { openEnvelope, sealEnvelope } from '../../crypto/envelope.ts';
import type { InstitutionKeys } from '../../crypto/keyring.ts';
import type { Database, InstitutionTx } from '../../db/transaction.ts';
import { findStagePart, insertStagePart } from './import-store.ts';
import type { ReadingSession } from './reading/index.ts';

/**
 * Writes everything that a restart needs: the stage of the reader in parts, sealed under the institution's data key,
 * because the tokens of the two clear id types are not keyed.
 */
export async function stageForJob(
  tx: InstitutionTx,
  keys: InstitutionKeys,
  list: { importId: string; session: ReadingSession },
): Promise<void> {
  let part = 0;
  for await (const bytes of list.session.exportStage()) {
    const sealed = sealEnvelope({
      key: keys.dataKey.key,
      generation: keys.dataKey.generation,
      plaintext: bytes,
      associatedData: partContext(keys.institutionId, list.importId, part),
    });
    await insertStagePart(tx, { importId: list.importId, part, sealed });
    part += 1;
  }
}

/** The parts as `exportStage` gave them, each read in a transaction of its own. */
export async function* stagedParts(
  database: Database,
  keys: InstitutionKeys,
  importId: string,
): AsyncGenerator<Uint8Array> {
  for (let part = 0; ; part += 1) {
    const sealed = await database.inInstitution(keys.institutionId, (tx) => findStagePart(tx, importId, part));
    if (sealed === undefined) return;
    yield openEnvelope({
      keyOf: (generation) => keys.dataKeyOf(generation),
      sealed,
      associatedData: partContext(keys.institutionId, importId, part),
    });
  }
}

function partContext(institutionId: string, importId: string, part: number): Buffer {
  return Buffer.from(JSON.stringify(['importStage', institutionId, importId, part]));
}
