import { pino } from 'pino';
import type { AppDependencies } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import { systemClock } from '../src/lib/clock.ts';

/**
 * Dependencies that are not there: enough to build the application and look at its routes, and every use throws.
 */
export function absentDependencies(): AppDependencies {
  return {
    config: readConfig({}),
    clock: systemClock,
    logger: pino({ level: 'silent' }),
    database: {
      engine: 'embedded',
      inInstitution: absent,
      inAuthentication: absent,
      asOperator: absent,
      bulkCopy: absent,
      close: absent,
    },
    keyring: {
      createInstitutionKeys: absent,
      forInstitution: absent,
      within: absent,
      opening: absent,
      forSealing: absent,
      countSeals: absent,
      saveSealCounts: absent,
      installationSecrets: absent,
      addInstallationSecret: absent,
      removeInstallationSecret: absent,
      addIndexKeyGeneration: absent,
      addDataKeyGeneration: absent,
      check: absent,
      forget: absent,
    },
    access: { authenticate: absent, assertStillHolds: absent, institutionsOf: absent, forget: absent },
    audit: { append: absent },
    idempotency: { claim: absent },
    // Modules name their queues when they are built.
    jobs: { start: absent, stop: absent, enqueue: absent, work: () => {}, wake: () => {} },
    listReader: { open: absent, close: absent },
  };
}

function absent(): never {
  throw new Error('this dependency is absent');
}
