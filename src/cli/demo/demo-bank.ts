import { systemClock } from '../../lib/clock.ts';
import { createInstitution } from '../../modules/institutions/index.ts';
import { createOperatorToken } from '../operator-token.ts';
import type { RunningServer } from '../start-server.ts';
import type { StepResult } from './story.ts';

const daySeconds = 24 * 60 * 60;
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
  const token = await createOperatorToken(
    { database, keyring, clock: systemClock },
    { institutionId, name: 'demo', scopes, expiresInSeconds: tokenDays * daySeconds },
  );
  const said = made
    ? `institution ${institutionId}, with keys of its own`
    : `institution ${institutionId}, there from an earlier start`;
  return { said, value: token };
}
