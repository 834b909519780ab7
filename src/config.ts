import { availableParallelism } from 'node:os';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { isAddressRange } from './lib/address-range.ts';
import { nearestName } from './lib/nearest-name.ts';

const mebibyte = 1024 * 1024;
const gibibyte = 1024 * mebibyte;
const port = (options: { default: number; description: string }) =>
  Type.Integer({ minimum: 0, maximum: 65_535, ...options });
const text = (options: { default?: string; pattern?: string; description: string; secret?: true }) =>
  Type.String({ minLength: 1, maxLength: 1024, ...options });
const bytes = (options: { default: number; description: string }) =>
  Type.Integer({ minimum: 1024, maximum: 1024 * gibibyte, ...options });
const rate = (options: { default: number; description: string }) =>
  Type.Integer({ minimum: 1, maximum: 100_000_000, ...options });
const lines = (options: { default: number; description: string }) =>
  Type.Integer({ minimum: 1, maximum: 100_000_000, ...options });

/**
 * Every setting, as an environment variable. A property marked `secret` is never printed. Names that begin with
 * `ROLLCALL_TEST_` belong to the tests and are passed over.
 */
export const settingsSchema = Type.Object(
  {
    ROLLCALL_HOST: text({ default: '127.0.0.1', description: 'Address to listen on.' }),
    ROLLCALL_PORT: port({ default: 8787, description: 'Port of the API; 0 = any free one.' }),
    ROLLCALL_METRICS_PORT: port({
      default: 8788,
      description: 'Port of /metrics, on the same address; 0 = no metrics.',
    }),
    ROLLCALL_PUBLIC_URL: Type.Optional(
      text({ pattern: '^https?://[^?#\\s]+$', description: 'Address that clients see; makes links absolute.' }),
    ),
    ROLLCALL_LOG_LEVEL: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      default: 'info',
      description: 'Least severe level that is logged.',
    }),
    ROLLCALL_DATABASE_URL: Type.Optional(
      text({
        pattern: '^postgres(ql)?://',
        secret: true,
        description: 'PostgreSQL 15 or newer; absent = embedded engine.',
      }),
    ),
    ROLLCALL_POOL_CONNECTIONS_MAX: Type.Integer({
      minimum: 2,
      maximum: 200,
      default: 10,
      description: 'Connections to PostgreSQL for requests; imports and loads have a pool of 2 besides.',
    }),
    ROLLCALL_DATA_DIR: text({ default: '.rollcall', description: 'Folder of the embedded database.' }),
    ROLLCALL_MASTER_KEY_FILE: Type.Optional(
      text({ description: 'File of the master key, mode 0600, apart from the data.' }),
    ),
    ROLLCALL_MASTER_KEY: Type.Optional(
      text({ secret: true, description: 'The master key itself, instead of a file.' }),
    ),
    ROLLCALL_JSON_CONTENT_BYTES_MAX: bytes({
      default: 64 * mebibyte,
      description: 'Decoded content of an import by JSON.',
    }),
    ROLLCALL_JSON_LINES_MAX: lines({ default: 5_000_000, description: 'Lines of an import by JSON.' }),
    ROLLCALL_STREAM_CONTENT_BYTES_MAX: bytes({
      default: gibibyte,
      description: 'Content of a streamed import or load.',
    }),
    ROLLCALL_STREAM_LINES_MAX: lines({ default: 20_000_000, description: 'Lines of a streamed import or load.' }),
    ROLLCALL_READING_WORKERS: Type.Integer({
      minimum: 1,
      maximum: 64,
      default: Math.max(1, Math.min(4, availableParallelism() - 1)),
      description: 'Threads that read lists; the default leaves one processor free, at most 4.',
    }),
    ROLLCALL_READING_MEMORY_BYTES_MAX: bytes({
      default: gibibyte,
      description: 'Memory of all lists that are being read; an import over it waits.',
    }),
    ROLLCALL_RATE_PER_ADDRESS_MAX: rate({ default: 120_000, description: 'Requests a minute from one address.' }),
    ROLLCALL_RATE_PER_APPLICATION_MAX: rate({
      default: 60_000,
      description: 'Requests a minute of one application; of people each for themselves.',
    }),
    ROLLCALL_CONNECTIONS_MAX: Type.Integer({
      minimum: 1,
      maximum: 100_000,
      default: 2_000,
      description: 'Open connections; further ones are closed at once.',
    }),
    ROLLCALL_TLS_CERTIFICATE_FILE: Type.Optional(
      text({ description: 'Certificate chain, PEM: HTTPS instead of HTTP. Read again when it changes.' }),
    ),
    ROLLCALL_TLS_KEY_FILE: Type.Optional(text({ description: 'Private key of the certificate, PEM.' })),
    ROLLCALL_TRUSTED_PROXIES: Type.Optional(
      text({ description: 'Addresses and CIDR ranges, comma-separated, whose X-Forwarded-For is believed.' }),
    ),
    ROLLCALL_CORS_ORIGINS: Type.Optional(
      text({ description: 'Origins, comma-separated, whose pages may call the API; none unless set.' }),
    ),
    ROLLCALL_STOP_TIMEOUT_MS: Type.Integer({
      minimum: 0,
      maximum: 600_000,
      default: 10_000,
      description: 'How long running requests may go on when the server stops.',
    }),
    ROLLCALL_SIGN_IN_AGE_SECONDS_MAX: Type.Integer({
      minimum: 60,
      maximum: 43_200,
      default: 900,
      description: 'How old the sign-in of a person may be who changes who has access.',
    }),
    ROLLCALL_ISSUER_URL: Type.Optional(
      text({
        pattern: '^(https://[^?#\\s]+|http://(127\\.0\\.0\\.1|localhost|\\[::1\\])(:\\d+)?(/[^?#\\s]*)?)$',
        description:
          'An OpenID Connect issuer of your own, exactly as its tokens name it; the embedded one is then off.',
      }),
    ),
    ROLLCALL_ISSUER_AUDIENCE: text({
      default: 'urn:rollcall:api',
      description: 'Your issuer: the audience that its tokens must have.',
    }),
    ROLLCALL_ISSUER_ALGORITHMS: text({
      default: 'RS256,PS256,ES256,EdDSA',
      pattern: '^(EdDSA|Ed25519|(RS|PS|ES)(256|384|512))(,(EdDSA|Ed25519|(RS|PS|ES)(256|384|512)))*$',
      description: 'Your issuer: how its tokens may be signed.',
    }),
    ROLLCALL_ISSUER_REQUIRE_TYP: Type.Enum(['true', 'false'], {
      default: 'true',
      description: 'Your issuer: whether its access tokens say typ at+jwt (RFC 9068).',
    }),
    ROLLCALL_ISSUER_REQUIRE_AUTH_TIME: Type.Enum(['true', 'false'], {
      default: 'true',
      description: "Your issuer: whether people's tokens say auth_time, without which they change nobody's access.",
    }),
    ROLLCALL_ISSUER_INSTITUTION_CLAIM: text({
      default: 'institutions',
      description: 'Your issuer: the claim with the institutions that the caller may act for.',
    }),
    ROLLCALL_ISSUER_ROLES_CLAIM: text({ default: 'roles', description: 'Your issuer: the claim with the roles.' }),
    ROLLCALL_ISSUER_SCOPE_CLAIM: text({ default: 'scope', description: 'Your issuer: the claim with the scopes.' }),
    ROLLCALL_ISSUER_NAME_CLAIM: text({
      default: 'name',
      description: "Your issuer: the claim with the caller's name.",
    }),
    ROLLCALL_ISSUER_ROLE_MAP: Type.Optional(
      text({
        pattern:
          '^[^:,]+:(viewer|analyst|exporter|administrator|approver|auditor)(,[^:,]+:(viewer|analyst|exporter|administrator|approver|auditor))*$',
        description: 'Your issuer: its names of the roles, e.g. BankAdmins:administrator,Marketing:analyst.',
      }),
    ),
    ROLLCALL_PORTAL_CLIENT_ID: text({
      default: 'rollcall-portal',
      description: 'Your issuer: the client that the portal is there.',
    }),
    ROLLCALL_PORTAL_CLIENT_SECRET: Type.Optional(
      text({ secret: true, description: "Your issuer: the portal's secret; absent = a public client." }),
    ),
    ROLLCALL_PORTAL_SCOPE: text({
      default:
        'openid offline_access bankingAdmin/read bankingAdmin/write identity/read customers/read customers/write',
      description: 'Your issuer: what the portal asks for.',
    }),
    ROLLCALL_SERVER: text({
      default: 'http://127.0.0.1:8787',
      pattern: '^https?://[^?#\\s]+$',
      description: 'Client commands: the server to talk to.',
    }),
    ROLLCALL_TOKEN: Type.Optional(text({ secret: true, description: 'Client commands: the access token.' })),
    ROLLCALL_CLIENT_ID: Type.Optional(text({ description: 'Client commands: the application, instead of a token.' })),
    ROLLCALL_CLIENT_SECRET: Type.Optional(text({ secret: true, description: 'Client commands: its secret.' })),
    ROLLCALL_API_KEY: Type.Optional(text({ secret: true, description: 'Client commands: the API key.' })),
  },
  { additionalProperties: false },
);

type Settings = Static<typeof settingsSchema>;

/** A setting is wrong; the message is one line for the operator and repeats no value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export type Config = ReturnType<typeof configOf>;

export interface SettingDescription {
  readonly name: string;
  readonly description: string;
  /** The effective value; secrets masked, unset settings absent. */
  readonly value?: string;
  readonly source: 'environment' | 'default' | 'unset';
}

/**
 * Reads the settings; this is the only reader of `process.env`. An empty variable counts as unset.
 *
 * @throws ConfigError for an unknown `ROLLCALL_*` name or a value that its setting does not allow
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  return configOf(readSettings(environment));
}

/** Every setting with its effective value, for `doctor` and the documentation; secrets masked. */
export function describeSettings(environment: NodeJS.ProcessEnv = process.env): readonly SettingDescription[] {
  const given = givenSettings(environment);
  const effective: Readonly<Record<string, unknown>> = readSettings(environment);
  return Object.entries(settingsSchema.properties).map(([name, schema]) => {
    const value = effective[name];
    return {
      name,
      description: 'description' in schema ? String(schema.description) : '',
      ...(value === undefined ? {} : { value: 'secret' in schema ? '********' : String(value) }),
      source: name in given ? 'environment' : value === undefined ? 'unset' : 'default',
    };
  });
}

function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const given = givenSettings(environment);
  for (const name of Object.keys(given)) refuseUnknown(name);
  const settings: unknown = Value.Default(settingsSchema, withNumbers(given));
  if (Value.Check(settingsSchema, settings)) return settings;
  const name = Value.Errors(settingsSchema, settings)[0]?.instancePath.slice(1) ?? 'ROLLCALL_*';
  throw new ConfigError(`${name} ${expectationOf(name)}`);
}

function givenSettings(environment: NodeJS.ProcessEnv): Record<string, string> {
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith('ROLLCALL_') || name.startsWith('ROLLCALL_TEST_')) continue;
    if (value !== undefined && value !== '') given[name] = value;
  }
  return given;
}

/** Whole numbers are read here: the library's own conversion would cut 80.5 to 80. */
function withNumbers(given: Readonly<Record<string, string>>): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      isInteger(name) && /^\d{1,15}$/.test(value) ? Number(value) : value,
    ]),
  );
}

function isInteger(name: string): boolean {
  return Object.entries(settingsSchema.properties).some(([key, schema]) => key === name && Type.IsInteger(schema));
}

function refuseUnknown(name: string): void {
  const known = Object.keys(settingsSchema.properties);
  if (known.includes(name)) return;
  const nearest = nearestName(name, known);
  const hint = nearest === undefined ? 'rollcall doctor lists the settings.' : `Did you mean ${nearest}?`;
  throw new ConfigError(`${name} is not a setting. ${hint}`);
}

function expectationOf(name: string): string {
  const schema = Object.entries(settingsSchema.properties).find(([key]) => key === name)?.[1];
  if (schema === undefined) return 'is not allowed.';
  if ('enum' in schema) return `must be one of ${schema.enum.join(', ')}.`;
  if ('minimum' in schema && 'maximum' in schema)
    return `must be a whole number from ${schema.minimum} to ${schema.maximum}.`;
  if ('pattern' in schema) return `must match ${schema.pattern} and have at most 1024 characters.`;
  return 'must have 1 to 1024 characters.';
}

function configOf(settings: Settings) {
  return Object.freeze({
    host: settings.ROLLCALL_HOST,
    port: settings.ROLLCALL_PORT,
    /** 0 = no metrics. */
    metricsPort: settings.ROLLCALL_METRICS_PORT,
    /** Without a slash at its end. */
    publicUrl: settings.ROLLCALL_PUBLIC_URL?.replace(/\/+$/, ''),
    logLevel: settings.ROLLCALL_LOG_LEVEL,
    /** Absent = the embedded engine. */
    databaseUrl: settings.ROLLCALL_DATABASE_URL,
    poolConnectionsMax: settings.ROLLCALL_POOL_CONNECTIONS_MAX,
    dataDir: settings.ROLLCALL_DATA_DIR,
    masterKeyFile: settings.ROLLCALL_MASTER_KEY_FILE,
    masterKey: settings.ROLLCALL_MASTER_KEY,
    jsonContentBytesMax: settings.ROLLCALL_JSON_CONTENT_BYTES_MAX,
    jsonLinesMax: settings.ROLLCALL_JSON_LINES_MAX,
    streamContentBytesMax: settings.ROLLCALL_STREAM_CONTENT_BYTES_MAX,
    streamLinesMax: settings.ROLLCALL_STREAM_LINES_MAX,
    readingWorkers: settings.ROLLCALL_READING_WORKERS,
    readingMemoryBytesMax: settings.ROLLCALL_READING_MEMORY_BYTES_MAX,
    stopTimeoutMs: settings.ROLLCALL_STOP_TIMEOUT_MS,
    signInAgeSecondsMax: settings.ROLLCALL_SIGN_IN_AGE_SECONDS_MAX,
    ratePerAddressMax: settings.ROLLCALL_RATE_PER_ADDRESS_MAX,
    ratePerApplicationMax: settings.ROLLCALL_RATE_PER_APPLICATION_MAX,
    connectionsMax: settings.ROLLCALL_CONNECTIONS_MAX,
    /** Undefined = plain HTTP. */
    tlsFiles: tlsFilesOf(settings),
    trustedProxies: listOf(settings, 'ROLLCALL_TRUSTED_PROXIES', isAddressRange, 'addresses or CIDR ranges'),
    corsOrigins: listOf(settings, 'ROLLCALL_CORS_ORIGINS', isOrigin, 'origins like https://portal.example'),
    /** Undefined = the embedded issuer. */
    externalIssuer: externalIssuerOf(settings),
    /** The portal as a client of an external issuer. */
    portal: {
      clientId: settings.ROLLCALL_PORTAL_CLIENT_ID,
      clientSecret: settings.ROLLCALL_PORTAL_CLIENT_SECRET,
      scope: settings.ROLLCALL_PORTAL_SCOPE,
    },
    server: settings.ROLLCALL_SERVER.replace(/\/+$/, ''),
    token: settings.ROLLCALL_TOKEN,
    clientId: settings.ROLLCALL_CLIENT_ID,
    clientSecret: settings.ROLLCALL_CLIENT_SECRET,
    apiKey: settings.ROLLCALL_API_KEY,
  });
}

function tlsFilesOf(settings: Settings) {
  const { ROLLCALL_TLS_CERTIFICATE_FILE: certificateFile, ROLLCALL_TLS_KEY_FILE: keyFile } = settings;
  if (certificateFile !== undefined && keyFile !== undefined) return { certificateFile, keyFile };
  if (certificateFile === undefined && keyFile === undefined) return undefined;
  throw new ConfigError('ROLLCALL_TLS_CERTIFICATE_FILE and ROLLCALL_TLS_KEY_FILE must be given together.');
}

function listOf(
  settings: Settings,
  name: 'ROLLCALL_TRUSTED_PROXIES' | 'ROLLCALL_CORS_ORIGINS',
  isGood: (item: string) => boolean,
  items: string,
): readonly string[] {
  const list = settings[name]?.split(',').map((item) => item.trim()) ?? [];
  if (!list.every(isGood)) throw new ConfigError(`${name} must list ${items}, joined by commas.`);
  return list;
}

function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

function externalIssuerOf(settings: Settings) {
  const url = settings.ROLLCALL_ISSUER_URL;
  if (url === undefined) return undefined;
  return {
    url,
    audience: settings.ROLLCALL_ISSUER_AUDIENCE,
    algorithms: settings.ROLLCALL_ISSUER_ALGORITHMS.split(','),
    requireTyp: settings.ROLLCALL_ISSUER_REQUIRE_TYP === 'true',
    requireAuthTime: settings.ROLLCALL_ISSUER_REQUIRE_AUTH_TIME === 'true',
    institutionClaim: settings.ROLLCALL_ISSUER_INSTITUTION_CLAIM,
    rolesClaim: settings.ROLLCALL_ISSUER_ROLES_CLAIM,
    scopeClaim: settings.ROLLCALL_ISSUER_SCOPE_CLAIM,
    nameClaim: settings.ROLLCALL_ISSUER_NAME_CLAIM,
    /** As set; `parseRoleMap` of the access module reads it. */
    roleMap: settings.ROLLCALL_ISSUER_ROLE_MAP,
  };
}
