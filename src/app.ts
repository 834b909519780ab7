import { tmpdir } from 'node:os';
import { join } from 'node:path';
import helmet from '@fastify/helmet';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { type FastifyInstance, fastify } from 'fastify';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { Keyring } from './crypto/keyring.ts';
import type { Database } from './db/transaction.ts';
import { addAuthentication, type Denial, type Refusal } from './http/authentication.ts';
import { type BaseUrl, createBaseUrl } from './http/base-url.ts';
import { addBodyParsers } from './http/body-parsers.ts';
import { createClientErrorHandler } from './http/client-error.ts';
import { addCrossOrigin } from './http/cross-origin.ts';
import { documentationRoutes } from './http/documentation-routes.ts';
import { addGracefulClose } from './http/graceful-close.ts';
import { healthRoutes } from './http/health-routes.ts';
import { addHeaderLimit, createHttpServers, type TlsMaterial } from './http/http-server.ts';
import { addIdempotency } from './http/idempotency.ts';
import { addNegotiation } from './http/media-type.ts';
import type { Metrics } from './http/metrics.ts';
import { addNotFound } from './http/not-found.ts';
import { addOpenApi } from './http/openapi.ts';
import { portalRoutes } from './http/portal-routes.ts';
import { addPressureLimit } from './http/pressure.ts';
import { addProblemHandler, sendFrameworkError } from './http/problem-handler.ts';
import { problemPageRoutes } from './http/problem-page-routes.ts';
import { addAddressLimit, createCallerLimit } from './http/rate-limit.ts';
import { addRequestContext } from './http/request-context.ts';
import { addRequestLog, logRequest } from './http/request-log.ts';
import { addRouteDefaults, jsonBodyBytesMax } from './http/route-defaults.ts';
import { createSerializerCompiler } from './http/serialization.ts';
import { addTimeLimit } from './http/time-limit.ts';
import { addTextCheck } from './http/unstorable-text.ts';
import { createValidatorCompiler, validationProblem } from './http/validation.ts';
import type { Jobs } from './jobs/jobs.ts';
import type { Clock } from './lib/clock.ts';
import { randomId } from './lib/id.ts';
import { packageVersion } from './lib/package-root.ts';
import type { Rounds } from './lib/rounds.ts';
import { type AccessVerifier, scopes } from './modules/access/index.ts';
import { applicationRoutes } from './modules/applications/application-routes.ts';
import { attributeRoutes } from './modules/attributes/attribute-routes.ts';
import { audienceTemplateRoutes } from './modules/audience-templates/audience-template-routes.ts';
import { approvalRoutes } from './modules/audiences/approval/approval-routes.ts';
import { audienceCreateRoutes } from './modules/audiences/audience-create-routes.ts';
import { audienceRoutes } from './modules/audiences/audience-routes.ts';
import { explanationRoutes } from './modules/audiences/explanations/explanation-routes.ts';
import { audienceEstimateRoutes } from './modules/audiences/filtered/audience-estimate-routes.ts';
import { audienceRefreshRoutes } from './modules/audiences/filtered/audience-refresh-routes.ts';
import { heldBackRoutes } from './modules/audiences/held-back/held-back-routes.ts';
import { createAudienceUpkeep } from './modules/audiences/index.ts';
import { insightRoutes } from './modules/audiences/insights/insight-routes.ts';
import { memberRoutes } from './modules/audiences/members/member-routes.ts';
import { overlapRoutes } from './modules/audiences/overlaps/overlap-routes.ts';
import { collaboratorRoutes } from './modules/audiences/sharing/collaborator-routes.ts';
import { sizeRoutes } from './modules/audiences/versions/size-routes.ts';
import { versionRoutes } from './modules/audiences/versions/version-routes.ts';
import { auditRoutes } from './modules/audit/audit-routes.ts';
import { type Audit, actorOf } from './modules/audit/index.ts';
import { workAuditVerifications } from './modules/audit-verifications/audit-verification-jobs.ts';
import { auditVerificationRoutes } from './modules/audit-verifications/audit-verification-routes.ts';
import { createImportBudgets } from './modules/budgets/index.ts';
import type { Idempotency } from './modules/commands/index.ts';
import { accountLoadRoutes } from './modules/customers/account-load-routes.ts';
import { customerLoadRoutes } from './modules/customers/customer-load-routes.ts';
import { customerRoutes } from './modules/customers/customer-routes.ts';
import { type CustomerLoads, createCustomerLoads } from './modules/customers/index.ts';
import { filterTypeRoutes } from './modules/filters/filter-type-routes.ts';
import { createFilterEvaluator, filterSchema } from './modules/filters/index.ts';
import { identifierRoutes } from './modules/identifiers/identifier-routes.ts';
import { importCreateRoutes } from './modules/imports/import-create-routes.ts';
import { workImports } from './modules/imports/import-jobs.ts';
import { importRoutes } from './modules/imports/import-routes.ts';
import { suppressionImportRoutes } from './modules/imports/import-suppression-routes.ts';
import type { ListReader } from './modules/imports/reading/index.ts';
import { createDirectory, createIssuer, createSigningKeys, type Issuer } from './modules/issuer/index.ts';
import { issuerRoutes } from './modules/issuer/issuer-routes.ts';
import { createKeyUpkeep, type KeyUpkeep } from './modules/keys/index.ts';
import { workKeyRotations } from './modules/keys/key-rotation-jobs.ts';
import { keyRotationRoutes } from './modules/keys/key-rotation-routes.ts';
import { createPeople, type People } from './modules/people/index.ts';
import { userAccountRoutes } from './modules/people/user-account-routes.ts';
import { principalRoutes } from './modules/principals/principal-routes.ts';
import { settingsRoutes } from './modules/settings/settings-routes.ts';
import { accountRoutes } from './modules/sign-in/account-routes.ts';
import { accountSetUpRoutes } from './modules/sign-in/account-set-up-routes.ts';
import {
  createPortal,
  createSessionVerifier,
  type Portal,
  sessionRoutes,
  sessionStartRoutes,
} from './modules/sign-in/session-routes.ts';
import { signInRoutes } from './modules/sign-in/sign-in-routes.ts';
import { suppressionRoutes } from './modules/suppressions/suppression-routes.ts';

export interface AppDependencies {
  readonly config: Config;
  readonly database: Database;
  readonly keyring: Keyring;
  readonly access: AccessVerifier;
  readonly audit: Audit;
  readonly idempotency: Idempotency;
  readonly jobs: Jobs;
  readonly listReader: ListReader;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics?: Metrics;
  /** Given = HTTPS. */
  readonly tls?: TlsMaterial | undefined;
  /** Where clients find us; default: by the settings and the port that is listened on. */
  readonly baseUrl?: BaseUrl;
}

/** With what has a default. */
type ServingDependencies = AppDependencies & { readonly baseUrl: BaseUrl };

export type App = Awaited<ReturnType<typeof buildApp>>;

/** All header fields of a request together. */
const headerBytesMax = 16 * 1024;
/** Ids have at most 48 characters; a longer segment names nothing. */
const paramLengthMax = 128;
/** A whole request, a streamed gigabyte too; each route has a shorter limit besides (`time-limit.ts`). */
const requestTimeoutMs = 60 * 60_000;

const compilersFactory = { buildValidator: createValidatorCompiler, buildSerializer: createSerializerCompiler };

/** Of the thread that judges filters: at 2 million customers a column of numbers takes 8 or 16 MB, a leaf 0.25 MB. */
const filterMemory = { columnBytesMax: 512 * 1024 * 1024, bitmapBytesMax: 128 * 1024 * 1024 };

/** The HTTP application: every plugin and module by name. It never listens. */
export async function buildApp(deps: AppDependencies) {
  const { config, clock, logger } = deps;
  const { publicUrl } = config;
  const limits = { headerBytesMax, requestTimeoutMs, connectionsMax: config.connectionsMax };
  const servers = createHttpServers(limits, deps.tls);
  const app = fastify({
    serverFactory: servers.create,
    trustProxy: config.trustedProxies.length === 0 ? false : [...config.trustedProxies],
    // Our own line a request; Fastify's lines hold addresses and messages.
    logger: false,
    genReqId: randomId,
    bodyLimit: jsonBodyBytesMax,
    return503OnClosing: false,
    routerOptions: { maxParamLength: paramLengthMax },
    clientErrorHandler: createClientErrorHandler({ clock, publicUrl }),
    frameworkErrors: (error, request, reply) => {
      sendFrameworkError({ clock, logger, publicUrl }, error, request, reply);
      logRequest({ logger, metrics: deps.metrics }, { request, reply, ms: 0, aborted: false });
    },
    schemaErrorFormatter: validationProblem,
    schemaController: { compilersFactory },
    serializerOpts: { ajv: { formats: { markdown: true, byte: true } } },
  }).withTypeProvider<TypeBoxTypeProvider>();

  addRequestContext(app, { publicUrl });
  addRequestLog(app, { logger, metrics: deps.metrics });
  addProblemHandler(app, { clock, logger, publicUrl });
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: pagePolicy },
    frameguard: { action: 'deny' },
    // Only whoever ends TLS knows that it will be there tomorrow.
    strictTransportSecurity: deps.tls !== undefined || publicUrl?.startsWith('https:') === true,
  });
  const closing = addGracefulClose(app, { stopTimeoutMs: config.stopTimeoutMs });
  addTimeLimit(app);
  addHeaderLimit(app);
  await addPressureLimit(app);
  await addAddressLimit(app, { perAddressMax: config.ratePerAddressMax });
  addCrossOrigin(app, { origins: config.corsOrigins });
  app.decorate('setTls', servers.setTls);
  addRouteDefaults(app);
  await addOpenApi(app, {
    publicUrl,
    version: packageVersion(),
    externalIssuerUrl: config.externalIssuer?.url,
  });
  const baseUrl = deps.baseUrl ?? createBaseUrl(config);
  const portal = createPortal({ ...deps, app, baseUrl, externalIssuer: externalPortal(config) });
  addAuthentication(app, {
    access: deps.access,
    limitCaller: createCallerLimit(app, { perApplicationMax: config.ratePerApplicationMax }),
    clock,
    signIn: signInSettings(config),
    findSession: createSessionVerifier({ sessions: portal.sessions, publicUrl }).findCredentials,
    recordDenial: (denial) => recordDenial(deps, denial),
    noteRefusal: (refusal) => noteRefusal(deps, refusal),
  });
  addNotFound(app);
  addNegotiation(app);
  addBodyParsers(app);
  addIdempotency(app, deps.idempotency);
  addTextCheck(app);

  await app.register(healthRoutes({ database: deps.database, isClosing: closing.isClosing }));
  await app.register(documentationRoutes());
  await app.register(portalRoutes({ publicUrl }));
  await app.register(problemPageRoutes());
  await addModules(app, { ...deps, baseUrl }, portal);
  return app;
}

async function addModules(app: FastifyInstance, deps: ServingDependencies, portal: Portal): Promise<void> {
  const { config } = deps;
  const limits = {
    jsonContentBytesMax: config.jsonContentBytesMax,
    streamedBytesMax: config.streamContentBytesMax,
    jsonLinesMax: config.jsonLinesMax,
    streamedLinesMax: config.streamLinesMax,
  };
  await app.register(applicationRoutes(deps));
  await app.register(userAccountRoutes(deps));
  await app.register(principalRoutes(deps));
  await app.register(identifierRoutes(deps));
  await app.register(customerRoutes(deps));
  const customerLoads = await addCustomerLoads(app, deps);
  const audienceUpkeep = await addFilteredAudiences(app, deps);
  await app.register(attributeRoutes(deps));
  await app.register(settingsRoutes(deps));
  await app.register(memberRoutes(deps));
  await app.register(heldBackRoutes(deps));
  await app.register(suppressionRoutes(deps));
  await app.register(versionRoutes(deps));
  await app.register(overlapRoutes(deps));
  await app.register(sizeRoutes(deps));
  await app.register(collaboratorRoutes(deps));
  await app.register(importRoutes(deps));
  const budgets = createImportBudgets(deps);
  await app.register(importCreateRoutes({ ...deps, budgets, limits }));
  await app.register(suppressionImportRoutes({ ...deps, budgets, limits }));
  await app.register(auditRoutes(deps));
  await app.register(auditVerificationRoutes(deps));
  workAuditVerifications(deps);
  await addSignIn(app, deps, { portal, embedded: await addIssuer(app, deps) });
  const keyUpkeep = await addKeys(app, deps);
  app.decorate('recover', async () => {
    await customerLoads.recover();
    keyUpkeep.start();
    audienceUpkeep.start();
  });
  workImports({ ...deps, budgets });
}

/** Audiences, and the filters that make some of them. Those that follow the base are found again while the server runs. */
async function addFilteredAudiences(app: FastifyInstance, deps: ServingDependencies): Promise<Rounds> {
  const filterEvaluator = createFilterEvaluator({ ...deps, memory: filterMemory });
  app.addHook('onClose', async () => await filterEvaluator.close());
  // Filters nest, so their schema refers to itself, by its name.
  app.addSchema(filterSchema);
  await app.register(filterTypeRoutes(deps));
  await app.register(audienceTemplateRoutes(deps));
  const filtered = { ...deps, filterEvaluator };
  await app.register(audienceRoutes(filtered));
  await app.register(audienceCreateRoutes(filtered));
  await app.register(audienceEstimateRoutes(filtered));
  await app.register(audienceRefreshRoutes(filtered));
  await app.register(approvalRoutes(deps));
  await app.register(explanationRoutes(filtered));
  await app.register(insightRoutes(filtered));
  const upkeep = createAudienceUpkeep(filtered);
  app.decorate('refreshAudiences', upkeep.run);
  app.addHook('preClose', async () => await upkeep.stop());
  return upkeep;
}

/** With an issuer of the institution's own, ours is not there. */
async function addIssuer(
  app: FastifyInstance,
  deps: ServingDependencies,
): Promise<{ issuer: Issuer; people: People } | undefined> {
  const { baseUrl } = deps;
  baseUrl.listensOn(app.server);
  if (deps.config.externalIssuer !== undefined) {
    app.decorate('issuer', undefined);
    return undefined;
  }
  const people = createPeople(deps);
  const directory = createDirectory({ ...deps, people });
  const issuer = createIssuer({ ...deps, directory, baseUrl, scopes, signingKeys: createSigningKeys(deps) });
  app.decorate('issuer', issuer);
  await app.register(issuerRoutes({ issuer }));
  return { issuer, people };
}

/** The portal's sessions, and with the embedded issuer the pages on which people sign in. */
async function addSignIn(
  app: FastifyInstance,
  deps: ServingDependencies,
  { portal, embedded }: { portal: Portal; embedded: { issuer: Issuer; people: People } | undefined },
): Promise<void> {
  const { publicUrl } = deps.config;
  const sessions = { ...deps, ...portal, embedded, publicUrl };
  await app.register(sessionStartRoutes(sessions));
  await app.register(sessionRoutes(sessions));
  await app.register(accountRoutes({ ...sessions, ...accountSettings(deps.config) }));
  if (embedded === undefined) return;
  const signIn = { ...deps, ...embedded, publicUrl };
  await app.register(signInRoutes(signIn));
  await app.register(accountSetUpRoutes(signIn));
}

/** The portal as a client of the external issuer. */
function externalPortal({ externalIssuer, portal }: Config) {
  return externalIssuer === undefined ? undefined : { ...portal, url: externalIssuer.url };
}

/** The embedded issuer always says when somebody signed in. */
function signInSettings({ externalIssuer, signInAgeSecondsMax }: Config) {
  return { ageSecondsMax: signInAgeSecondsMax, requireTime: externalIssuer?.requireAuthTime ?? true };
}

function accountSettings({ externalIssuer, signInAgeSecondsMax }: Config) {
  return { externalIssuerUrl: externalIssuer?.url, signInAgeSecondsMax };
}

/** Rotations go on where a process has left them. */
async function addKeys(app: FastifyInstance, deps: AppDependencies): Promise<KeyUpkeep> {
  const upkeep = createKeyUpkeep(deps);
  app.addHook('onClose', async () => await upkeep.stop());
  await app.register(keyRotationRoutes(deps));
  workKeyRotations(deps);
  return upkeep;
}

async function addCustomerLoads(app: FastifyInstance, deps: AppDependencies): Promise<CustomerLoads> {
  const { config, database } = deps;
  const customerLoads = createCustomerLoads({
    ...deps,
    // A server's data folder is elsewhere; what is spooled has no name on disk and goes with the process.
    spoolDirectory: database.engine === 'embedded' ? join(config.dataDir, 'spool') : tmpdir(),
    limits: { bytesMax: config.streamContentBytesMax, linesMax: config.streamLinesMax },
  });
  app.addHook('onClose', async () => await customerLoads.close({ timeoutMs: config.stopTimeoutMs }));
  await app.register(customerLoadRoutes({ ...deps, customerLoads }));
  await app.register(accountLoadRoutes({ ...deps, customerLoads }));
  return customerLoads;
}

/** For every answer: nothing is loaded from it but the style of our own pages. */
const pagePolicy = {
  'default-src': ["'none'"],
  'style-src': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'none'"],
};

function noteRefusal({ logger, metrics }: AppDependencies, { reason, requestId, address, audited }: Refusal): void {
  metrics?.countRefusal(reason);
  if (!audited) logger.info({ requestId, reason, address }, 'access refused');
}

async function recordDenial(
  deps: Pick<AppDependencies, 'database' | 'clock' | 'audit'>,
  denial: Denial,
): Promise<void> {
  await deps.database.inInstitution(denial.principal.institutionId, (tx) =>
    deps.audit.append(tx, {
      at: deps.clock.now(),
      actor: actorOf(denial.principal),
      operation: denial.operation,
      resource: denial.resource,
      outcome: 'denied',
      detail: denial.detail,
    }),
  );
}
