import type { RouteOptions } from 'fastify';
import { type Right, type Role, roles, ruleOf, type Scope } from '../../src/modules/access/index.ts';
import { addSecret, createApplication } from '../../src/modules/applications/index.ts';
import { createInstitution } from '../../src/modules/institutions/index.ts';
import { institutionId, type TestApp, type TestRequest } from '../support/app.ts';
import { seedAudience, seedCustomers, seededId } from './audience-data.ts';
import { importList } from './import-data.ts';

/** A method that tests can inject. */
type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT';

/** Resources of the institution by the name under which addresses and queries refer to them. */
export type Resources = Readonly<Record<string, string>>;

export interface Operation {
  readonly id: string;
  readonly method: Method;
  readonly url: string;
  readonly right: Right;
  readonly scope: Scope;
  /** Those that do not open it. */
  readonly otherRoles: readonly Role[];
  readonly route: RouteOptions;
}

/** What the matrix must know of an operation besides its route. */
interface Sample {
  /** What it needs besides its address to be understood, so that only the right or the resource is wrong. */
  readonly request?: (resources: Resources) => Partial<TestRequest>;
  /**
   * For a principal of another institution: no such resource, a collection without items, or its own institution's
   * (then the answer names nothing of this one's).
   */
  readonly foreign: 'notFound' | 'empty' | 'own';
  /** Where it differs for a person, who is in the collection too. */
  readonly foreignPerson?: 'own';
  /** For an analyst of this institution with whom the audience is not shared. */
  readonly unshared?: 'notFound' | 'empty';
}

const notFound: Sample = { foreign: 'notFound' };
const empty: Sample = { foreign: 'empty' };
const own: Sample = { foreign: 'own' };
const ofAudience: Sample = { foreign: 'notFound', unshared: 'notFound' };
const listOfAudiences: Sample = { foreign: 'empty', unshared: 'empty' };

/** Every operation; one that is not here fails the test, as does one that is no operation any more. */
const samples: Readonly<Record<string, Sample>> = {
  listApplications: own,
  createApplication: {
    ...own,
    request: () => ({ json: { name: 'Made by the matrix', authenticationType: 'clientCredentials', scopes: [] } }),
  },
  getApplication: notFound,
  patchApplication: { ...notFound, request: () => ({ json: { description: 'x' } }) },
  deleteApplication: notFound,
  disableApplication: notFound,
  enableApplication: notFound,
  createApplicationSecret: notFound,
  deleteApplicationSecret: notFound,
  listApplicationSecrets: notFound,
  createApiKey: notFound,
  disableApiKey: notFound,
  enableApiKey: notFound,
  deleteApplicationInstitution: notFound,
  listUserAccounts: { ...empty, foreignPerson: 'own' },
  listPrincipals: own,
  createUserAccount: {
    ...own,
    request: () => ({ json: { loginName: `${Math.random()}@example.com`, name: 'Made by the matrix', roles: [] } }),
  },
  getUserAccount: notFound,
  patchUserAccount: { ...notFound, request: () => ({ json: { name: 'Renamed' } }) },
  deleteUserAccount: notFound,
  disableUserAccount: notFound,
  enableUserAccount: notFound,
  createSignInLink: notFound,
  endUserSessions: notFound,
  resetSecondFactor: notFound,
  getMe: own,
  listIdentifierTypes: own,
  listCustomers: empty,
  getCustomer: notFound,
  eraseCustomer: notFound,
  createCustomerLoad: {
    ...own,
    request: () => ({ headers: { 'content-type': 'text/csv' }, payload: 'coreCustomerId\n' }),
  },
  listCustomerLoads: empty,
  getCustomerLoad: notFound,
  createAccountLoad: {
    ...own,
    request: () => ({ headers: { 'content-type': 'text/csv' }, payload: 'accountId\n' }),
  },
  listAccountLoads: empty,
  getAccountLoad: notFound,
  listCustomerAttributes: empty,
  createCustomerAttribute: { ...own, request: () => ({ json: { name: 'ofTheMatrix', dataType: 'boolean' } }) },
  getCustomerAttribute: notFound,
  patchCustomerAttribute: { ...notFound, request: () => ({ json: { label: 'x' } }) },
  deleteCustomerAttribute: notFound,
  listCustomerAudiences: listOfAudiences,
  getCustomerAudience: ofAudience,
  patchCustomerAudience: { ...ofAudience, request: () => ({ json: { description: 'x' } }) },
  deleteCustomerAudience: ofAudience,
  archiveCustomerAudience: ofAudience,
  activateCustomerAudience: ofAudience,
  listCustomerAudienceCustomers: ofAudience,
  listCustomerAudienceCustomerIds: ofAudience,
  explainCustomerAudienceCustomer: ofAudience,
  getCustomerAudienceInsights: ofAudience,
  listCustomerAudienceVersions: ofAudience,
  getCustomerAudienceVersion: ofAudience,
  listCustomerAudienceChanges: ofAudience,
  createCustomerAudience: {
    ...ofAudience,
    request: ({ customerAudience }) => ({
      url: `/service/customerAudiences?copyOf=${customerAudience}`,
      json: { name: 'Copied by the matrix' },
    }),
  },
  refreshCustomerAudience: ofAudience,
  // Whoever may approve sees every audience.
  approveCustomerAudience: notFound,
  estimateCustomerAudience: { ...own, request: () => ({ json: { filters: [] } }) },
  listCustomerAudienceTemplates: own,
  createCustomerAudienceTemplate: { ...own, request: () => ({ json: { name: 'Of the matrix', filters: [] } }) },
  getCustomerAudienceTemplate: notFound,
  patchCustomerAudienceTemplate: { ...notFound, request: () => ({ json: { description: 'x' } }) },
  deleteCustomerAudienceTemplate: notFound,
  getInstitutionSettings: own,
  patchInstitutionSettings: { ...own, request: () => ({ json: { filterTypes: [] } }) },
  listAnalyticFilterTypes: own,
  getAnalyticFilterType: own,
  countCustomerAudienceOverlaps: {
    ...ofAudience,
    // Of one id that is nowhere, two different ones.
    request: ({ audiences = '' }) => {
      const two = audiences.includes(',') ? audiences : `${audiences},${audiences.slice(1)}`;
      return { url: `/service/customerAudienceOverlaps?audiences=${two}` };
    },
  },
  listCustomerAudienceSizes: ofAudience,
  listCustomerAudienceCollaborators: ofAudience,
  shareCustomerAudience: {
    ...ofAudience,
    request: ({ collaboratorId }) => ({ json: { principalId: collaboratorId, access: 'edit' } }),
  },
  getCustomerAudienceCollaborator: ofAudience,
  unshareCustomerAudience: ofAudience,
  listCustomerAudienceImports: listOfAudiences,
  getCustomerAudienceImport: ofAudience,
  cancelCustomerAudienceImport: ofAudience,
  listCustomerAudienceImportLines: ofAudience,
  watchCustomerAudienceImport: ofAudience,
  createImportedCustomerAudience: {
    ...own,
    request: () => ({
      json: { identifierType: 'coreCustomerId', content: btoa('CORE-2'), fileName: 'list.csv', name: 'Of the matrix' },
    }),
  },
  editImportedCustomers: {
    ...ofAudience,
    request: () => ({
      json: { identifierType: 'coreCustomerId', content: btoa('CORE-2'), fileName: 'list.csv', mode: 'add' },
    }),
  },
  getCustomerAudienceHeldBackCounts: ofAudience,
  createSuppression: {
    ...own,
    request: () => ({
      json: { identifierType: 'coreCustomerId', content: btoa('CORE-2'), name: 'Of the matrix', channel: 'any' },
    }),
  },
  listSuppressions: empty,
  getSuppression: notFound,
  patchSuppression: { ...notFound, request: () => ({ json: { description: 'x' } }) },
  deleteSuppression: notFound,
  listAuditEntries: own,
  createAuditVerification: own,
  listAuditVerifications: empty,
  getAuditVerification: notFound,
  listKeys: own,
  createKeyRotation: { ...own, request: () => ({ json: { kind: 'data' } }) },
  listKeyRotations: empty,
  getKeyRotation: notFound,
};

export const sampledOperations: readonly string[] = Object.keys(samples);

/** Values of addresses that are no resource of the institution. */
export const constants: Resources = {
  institutionId: 'THIRDBNK',
  mode: 'upsert',
  version: '1',
  analyticFilterTypeId: 'customerAge',
};

export function operationsOf(bank: TestApp): readonly Operation[] {
  return bank.app.routeTable.flatMap(operationOf);
}

export function sampleOf(operation: Operation): Sample {
  const sample = samples[operation.id];
  if (sample === undefined) throw new Error(`the matrix of denials has no sample for ${operation.id}`);
  return sample;
}

/** A resource of each kind. A new kind needs a line here. */
export async function seedResources(bank: TestApp): Promise<Resources> {
  await seedCustomers(bank, 3);
  const at = bank.clock.now();
  const third = { id: String(constants.institutionId), name: 'Third', at };
  await bank.database.asOperator((tx) => createInstitution(bank, tx, third));
  const { id: customerAudienceId } = await seedAudience(bank, { name: 'Seeded', members: [0, 1] });
  const other = await seedAudience(bank, { name: 'Seeded too', members: [1] });
  const collaborator = await bank.createPrincipal({ kind: 'person', scopes: [] });
  await expectDone(bank, {
    url: `/service/customerAudiences/${customerAudienceId}/collaborators`,
    json: { principalId: collaborator.principalId, access: 'view' },
  });
  const load = await expectDone(bank, {
    url: '/service/customerLoads?mode=upsert',
    headers: { 'content-type': 'text/csv' },
    payload: 'coreCustomerId,customerType\nLOADED-1,retail\n',
  });
  const attribute = await expectDone(bank, {
    url: '/service/customerAttributes',
    json: { name: 'seeded', dataType: 'boolean' },
  });
  const template = await expectDone(bank, {
    url: '/service/customerAudienceTemplates',
    json: { name: 'Seeded', filters: [] },
  });
  const accountLoad = await expectDone(bank, {
    url: '/service/accountLoads?mode=upsert',
    headers: { 'content-type': 'text/csv' },
    payload: 'accountId,coreCustomerIds,productType\nACCOUNT-1,LOADED-1,savings\n',
  });
  const imported = (await importList(bank, 'CORE-1\n', { identifierType: 'coreCustomerId' })).json();
  const suppression = await expectDone(bank, {
    url: '/service/suppressions',
    json: { identifierType: 'coreCustomerId', content: btoa('CORE-1'), name: 'Seeded', channel: 'email' },
  });
  const rotation = await expectDone(bank, { url: '/service/keyRotations', json: { kind: 'data' } });
  const verification = await expectDone(bank, { url: '/service/auditVerifications' });
  const application = await seedApplication(bank, at);
  return {
    ...application,
    userAccountId: collaborator.principalId,
    userAccount: collaborator.principalId,
    collaboratorId: collaborator.principalId,
    customerId: seededId(0),
    customerAudienceId,
    customerAudience: customerAudienceId,
    copyOf: customerAudienceId,
    audiences: `${customerAudienceId},${other.id}`,
    importId: imported.import.id,
    suppressionId: String(suppression.id),
    customerLoadId: String(load.id),
    customerAttributeId: String(attribute.id),
    customerAudienceTemplateId: String(template.id),
    accountLoadId: String(accountLoad.id),
    keyRotationId: String(rotation.id),
    auditVerificationId: String(verification.id),
  };
}

async function seedApplication(bank: TestApp, at: Date): Promise<Resources> {
  const home = { institution_id: institutionId };
  return await bank.database.asOperator(async (tx) => {
    const { id } = await createApplication(
      tx,
      {
        institutionId,
        institutionIds: [String(constants.institutionId)],
        name: 'Seeded',
        authenticationType: 'clientCredentials',
        scopes: [],
        at,
        by: 'test',
      },
      { apiKey: true },
    );
    const secret = await addSecret(tx, { ...home, id }, { secret: 'a secret of this test', at });
    return { applicationId: id, application: id, secretId: secret.id };
  });
}

async function expectDone(bank: TestApp, request: TestRequest): Promise<Record<string, unknown>> {
  const answer = await bank.send({ method: 'POST', ...request });
  if (answer.statusCode >= 300) throw new Error(`${request.url} answered ${answer.statusCode}: ${answer.body}`);
  return answer.json();
}

function operationOf(route: RouteOptions): Operation[] {
  const right = route.config?.right;
  const method = methodOf(route.method);
  const id = route.schema?.operationId;
  if (right === undefined || method === undefined || id === undefined) return [];
  const rule = ruleOf(right);
  const otherRoles = roles.filter((role) => !rule.roles.includes(role));
  return [{ id, method, url: route.url, right, scope: rule.scope, otherRoles, route }];
}

function methodOf(method: RouteOptions['method']): Method | undefined {
  return (['GET', 'POST', 'PATCH', 'DELETE', 'PUT'] as const).find((name) => name === method);
}

/** The operation's own request about these resources. */
export function requestOf(operation: Operation, resources: Resources): TestRequest {
  const address = operation.url.replaceAll(/:([A-Za-z]+)/g, (_match, name: string) => wordOf(resources, name));
  const references = requiredQuery(operation).map((name) => `${name}=${wordOf(resources, name)}`);
  const url = references.length === 0 ? address : `${address}?${references.join('&')}`;
  const { headers, ...request } = sampleOf(operation).request?.(resources) ?? {};
  const answers = operation.route.schema?.response;
  const isConditional = typeof answers === 'object' && answers !== null && '412' in answers;
  const conditional = operation.method !== 'GET' && isConditional ? { 'if-match': '*' } : {};
  return { method: operation.method, url, ...request, headers: { ...conditional, ...headers } };
}

function wordOf(resources: Resources, name: string): string {
  const value = constants[name] ?? resources[name];
  if (value === undefined) throw new Error(`this test has no resource for ${name}`);
  return value;
}

function requiredQuery({ route }: Operation): readonly string[] {
  const query = route.schema?.querystring;
  if (typeof query !== 'object' || query === null || !('required' in query)) return [];
  return Array.isArray(query.required) ? query.required : [];
}
