import { addApplication, createApplication, type NewApplication } from '../../src/modules/applications/index.ts';
import { createInstitution } from '../../src/modules/institutions/index.ts';
import { institutionId, type TestApp } from '../support/app.ts';

export const thirdInstitutionId = 'THIRDBNK';

/** Applications of the test bank by the names under which addresses refer to them and their parts. */
export async function seedApplication(bank: TestApp) {
  const { database, keyring, clock } = bank;
  const at = clock.now();
  const parts: NewApplication = {
    institutionId,
    name: 'Seeded',
    authenticationType: 'clientCredentials',
    scopes: ['bankingAdmin/read'],
    at,
    by: 'operator',
  };
  await database.asOperator((tx) =>
    createInstitution({ keyring }, tx, { id: thirdInstitutionId, name: thirdInstitutionId, at }),
  );
  return await database.asOperator(async (tx) => {
    const { id: applicationId } = await createApplication(tx, parts, { apiKey: true });
    const shared = await addApplication(tx, { ...parts, institutionIds: [thirdInstitutionId] });
    const secret = await tx.db
      .selectFrom('application_secret')
      .select('id')
      .where('application_id', '=', applicationId)
      .executeTakeFirstOrThrow();
    return {
      applicationId,
      application: applicationId,
      secretId: secret.id,
      institutionId: thirdInstitutionId,
      sharedApplicationId: shared.id,
    };
  });
}
