import { openEnvelope, sealEnvelope } from '../../crypto/envelope.ts';
import type { Keyring } from '../../crypto/keyring.ts';
import type { Database, InstitutionTx } from '../../db/transaction.ts';
import { findStagePart, insertStagePart } from './import-store.ts';
import type { ReadingSession } from './reading/index.ts';

/**
 * Writes everything that a restart needs: the stage of the reader in parts, sealed under the institution's data key,
 * because the tokens of the two clear id types are not keyed.
 */
export async function stageForJob(
  tx: InstitutionTx,
  keyring: Keyring,
  list: { importId: string; session: ReadingSession },
): Promise<void> {
  const keys = await keyring.forSealing(tx);
  let part = 0;
  for await (const bytes of list.session.exportStage()) {
    const sealed = sealEnvelope({
      key: keys.dataKey.key,
      generation: keys.dataKey.generation,
      plaintext: bytes,
      associatedData: stagePartContext({ institutionId: tx.institutionId, importId: list.importId, part }),
    });
    await insertStagePart(tx, { importId: list.importId, part, sealed });
    part += 1;
  }
  keyring.countSeals(tx.institutionId, keys.dataKey.generation, part);
}

/** The parts as `exportStage` gave them, each read in a transaction of its own. */
export async function* stagedParts(
  deps: { database: Database; keyring: Keyring },
  { institutionId, importId }: { institutionId: string; importId: string },
): AsyncGenerator<Uint8Array> {
  for (let part = 0; ; part += 1) {
    const sealed = await deps.database.inInstitution(institutionId, (tx) => findStagePart(tx, importId, part));
    if (sealed === undefined) return;
    const associatedData = stagePartContext({ institutionId, importId, part });
    yield await deps.keyring.opening(institutionId, ({ dataKeyOf }) =>
      openEnvelope({ keyOf: dataKeyOf, sealed, associatedData }),
    );
  }
}

/** The associated data of `import_stage.sealed`: whoever seals it anew needs it. */
export function stagePartContext({
  institutionId,
  importId,
  part,
}: {
  institutionId: string;
  importId: string;
  part: number;
}): Buffer {
  return Buffer.from(JSON.stringify(['importStage', institutionId, importId, part]));
}
