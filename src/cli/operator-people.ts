import type { Config } from '../config.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { Database } from '../db/transaction.ts';
import { systemClock } from '../lib/clock.ts';
import { createAudit } from '../modules/audit/index.ts';
import { listInstitutions } from '../modules/institutions/index.ts';
import { createOperatorPeople, type OperatorPeople } from '../modules/people/index.ts';
import { CliError } from './cli-error.ts';
import type { CliContext } from './context.ts';
import { withOperatorTools } from './operator.ts';

const institutionsMax = 10_000;

export interface PeopleTools {
  readonly people: OperatorPeople;
  readonly database: Database;
  readonly keyring: Keyring;
  readonly config: Config;
}

/** @param named.institution must exist, unless it is undefined */
export async function withPeople<T>(
  context: CliContext,
  work: (tools: PeopleTools) => Promise<T>,
  named: { institution?: string | undefined } = {},
): Promise<T> {
  return await withOperatorTools(context, async ({ config, database, keyring }) => {
    const { institution } = named;
    const institutions = await listAllInstitutions(database);
    if (institution !== undefined && !institutions.some(({ id }) => id === institution)) {
      throw new CliError(`there is no institution ${institution}: rollcall institution create makes one`);
    }
    const keys = await keyring();
    return await work({ people: peopleOf({ database, keyring: keys }), database, keyring: keys, config });
  });
}

export function peopleOf({ database, keyring }: { database: Database; keyring: Keyring }): OperatorPeople {
  return createOperatorPeople({ database, clock: systemClock, audit: createAudit({ keyring }) });
}

export async function listAllInstitutions(database: Database): Promise<readonly { id: string; name: string }[]> {
  return await database.asOperator((tx) => listInstitutions(tx, institutionsMax));
}
