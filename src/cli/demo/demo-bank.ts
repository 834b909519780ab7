import { createAccessToken } from '../../modules/access/index.ts';
import { createInstitution } from '../../modules/institutions/index.ts';
import type { RunningServer } from '../start-server.ts';
import type { StepResult } from './story.ts';

const dayMs = 24 * 60 * 60 * 1000;
const scopes = ['bankingAdmin/read', 'bankingAdmin/write', 'customers/read', 'customers/write'] as const;

/** Makes the institution unless it is there, and a token for this run of the demo. */
export async function prepareDemoBank(
  server: Pick<RunningServer, 'database' | 'keyring'>,
  { institutionId, tokenDays }: { institutionId: string; tokenDays: number },
): Promise<StepResult<string>> {
  const { database, keyring } = server;
  const at = new Date();
  const made = await database.asOperator((tx) =>
    createInstitution({ keyring }, tx, { id: institutionId, name: 'Demo Bank', at }),
  );
  const expiresAt = new Date(at.getTime() + tokenDays * dayMs);
  const token = await database.asOperator((tx) =>
    createAccessToken(tx, { institutionId, name: 'demo', scopes, at, expiresAt }),
  );
  const said = made
    ? `institution ${institutionId}, with keys of its own`
    : `institution ${institutionId}, there from an earlier start`;
  return { said, value: token };
}
