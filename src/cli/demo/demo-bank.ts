import type { Clock } from '../../lib/clock.ts';
import { createOperatorApplications } from '../../modules/applications/index.ts';
import { createAudit } from '../../modules/audit/index.ts';
import { createInstitution } from '../../modules/institutions/index.ts';
import { operatorRoles } from '../operator-token.ts';
import type { RunningServer } from '../start-server.ts';
import type { StepResult } from './story.ts';

interface Parts extends Pick<RunningServer, 'database' | 'keyring'> {
  readonly clock: Clock;
}

const scopes = ['bankingAdmin/read', 'bankingAdmin/write', 'customers/read', 'customers/write'] as const;
const applicationName = 'Demo';

/** The application that the demo, and whoever looks around after it, comes as. */
export interface DemoClient {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Makes the institution unless it is there. */
export async function prepareDemoBank(
  { database, keyring, clock }: Parts,
  { institutionId }: { institutionId: string },
): Promise<StepResult<void>> {
  const at = clock.now();
  const made = await database.asOperator((tx) =>
    createInstitution({ keyring }, tx, { id: institutionId, name: 'Demo Bank', at }),
  );
  const said = made
    ? `institution ${institutionId}, with keys of its own`
    : `institution ${institutionId}, there from an earlier start`;
  return { said, value: undefined };
}

/** Registers the demo's application; one of an earlier start gets a new secret, as the old one is shown nowhere. */
export async function prepareDemoClient(
  { database, keyring, clock }: Parts,
  { institutionId }: { institutionId: string },
): Promise<StepResult<DemoClient>> {
  const applications = createOperatorApplications({ database, clock, audit: createAudit({ keyring }) });
  const known = (await applications.list({ institutionId, limit: 1_000 })).find(
    ({ name, state, authenticationType }) =>
      name === applicationName && state === 'active' && authenticationType === 'clientCredentials',
  );
  if (known !== undefined) {
    const clientSecret = await applications.rotateSecret(known.id, undefined);
    return { said: `application ${applicationName}, with a new secret`, value: { clientId: known.id, clientSecret } };
  }
  const { id, secret = '' } = await applications.create(
    {
      institutionId,
      name: applicationName,
      authenticationType: 'clientCredentials',
      environment: 'development',
      scopes,
      roles: operatorRoles,
    },
    { apiKey: false },
  );
  return {
    said: `application ${applicationName}; it gets its tokens by OAuth 2.0 client credentials`,
    value: { clientId: id, clientSecret: secret },
  };
}
