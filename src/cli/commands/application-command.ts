import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Application, OperatorApplications } from '../../modules/applications/index.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { createPrinter, type Printer } from '../output/printer.ts';
import { safeText } from '../output/safe-text.ts';
import { formatFields, formatTable } from '../output/table.ts';
import { type CommonOptions, collect, command, group } from './options.ts';

interface CreateOptions extends CommonOptions {
  readonly institution: string;
  readonly name: string;
  readonly description?: string;
  readonly type: 'clientCredentials' | 'authorizationCode';
  readonly authentication: 'client_secret_basic' | 'client_secret_post' | 'none';
  readonly environment: 'development' | 'staging' | 'production';
  readonly scope: readonly string[];
  readonly role?: readonly string[];
  readonly redirectUri?: readonly string[];
  readonly postLogoutRedirectUri?: readonly string[];
  readonly owner?: readonly string[];
  readonly apiKey?: boolean;
}

interface ListOptions extends CommonOptions {
  readonly institution?: string;
}

interface RotateOptions extends CommonOptions {
  readonly keepHours: number;
}

interface GrantOptions extends CommonOptions {
  readonly institution: string;
  readonly end?: boolean;
}

const listedMax = 10_000;
const hourMs = 60 * 60 * 1000;
const keepHoursMax = 8_760;
const nameCharactersMax = 80;

export function applicationCommand(context: CliContext): Command {
  return group('application', 'the clients of this server, and their credentials')
    .addCommand(createSubcommand(context))
    .addCommand(
      command('list', 'list the applications by name')
        .option('--institution <id>', 'only those that this institution manages')
        .action((options: ListOptions) => runList(context, options)),
    )
    .addCommand(
      command('show', 'show an application; never its secrets')
        .argument('<id>', 'its client id')
        .action((id: string, options: CommonOptions) => runShow(context, id, options)),
    )
    .addCommand(moveSubcommand(context, 'disabled'))
    .addCommand(moveSubcommand(context, 'active'))
    .addCommand(
      command('rotate-secret', 'make a new secret; it is shown this once')
        .argument('<id>', 'its client id')
        .option('--keep-hours <hours>', 'how long the secret before still works; 0 ends all at once', hours, 24)
        .action((id: string, options: RotateOptions) => runRotateSecret(context, id, options)),
    )
    .addCommand(
      command('rotate-key', 'make or replace the API key; it is shown this once')
        .argument('<id>', 'its client id')
        .action((id: string, options: CommonOptions) => runRotateKey(context, id, options)),
    )
    .addCommand(
      command('grant', 'let an application act for another institution too')
        .argument('<id>', 'its client id')
        .requiredOption('--institution <id>', 'the institution')
        .option('--end', 'end it instead')
        .action((id: string, options: GrantOptions) => runGrant(context, id, options)),
    );
}

function createSubcommand(context: CliContext): Command {
  return command('create', 'make an application with a secret, which is shown this once')
    .requiredOption('--institution <id>', 'its home, which manages it')
    .requiredOption('--name <name>', 'what people call it, at most 80 characters')
    .requiredOption('--scope <scope>', 'what it may do at most; may be given several times', collect)
    .option('--role <role>', 'what it may do where no person stands behind it; may be given several times', collect)
    .addOption(
      new Option('--type <type>', 'whether it acts for itself or people sign in through it')
        .choices(['clientCredentials', 'authorizationCode'])
        .default('clientCredentials'),
    )
    .addOption(
      new Option('--authentication <method>', 'at the token endpoint; none is a public client')
        .choices(['client_secret_basic', 'client_secret_post', 'none'])
        .default('client_secret_basic'),
    )
    .option('--redirect-uri <uri>', 'of authorizationCode; may be given several times', collect)
    .option('--post-logout-redirect-uri <uri>', 'of authorizationCode; may be given several times', collect)
    .addOption(
      new Option('--environment <environment>', 'where it runs')
        .choices(['development', 'staging', 'production'])
        .default('production'),
    )
    .option('--description <text>', 'Markdown')
    .option('--owner <owner>', 'who answers for it; may be given several times', collect)
    .option('--api-key', 'give it an API key too, which its calls must then carry')
    .action((options: CreateOptions) => runCreate(context, options));
}

function moveSubcommand(context: CliContext, state: 'active' | 'disabled'): Command {
  const [name, description] =
    state === 'disabled'
      ? ['disable', 'give it no tokens and refuse those it has']
      : ['enable', 'let a disabled application ask for tokens again'];
  return command(name, description)
    .argument('<id>', 'its client id')
    .action(async (id: string, options: CommonOptions) => {
      await withApplications(context, (applications) => applications.move(id, state));
      const printer = createPrinter(context, { json: options.json === true });
      printer.result({ id, state });
      printer.line(`Application ${safeText(id)} is ${state}. A running server knows it within 5 seconds.`);
    });
}

async function runCreate(context: CliContext, options: CreateOptions): Promise<void> {
  const { isRole, isScope, roles, scopes } = await import('../../modules/access/index.ts');
  const given = {
    scopes: known(options.scope, isScope, { option: '--scope', allowed: scopes }),
    roles: known(options.role ?? [], isRole, { option: '--role', allowed: roles }),
  };
  const { institution, name, type, authentication, environment } = options;
  if (name.trim() === '' || [...name].length > nameCharactersMax || name !== safeText(name)) {
    throw new CliError(`--name must have 1 to ${nameCharactersMax} characters, none of them a control character`);
  }
  const created = await withApplications(
    context,
    (applications) =>
      applications.create(
        {
          institutionId: institution,
          name,
          description: options.description,
          authenticationType: type,
          clientAuthentication: authentication,
          environment,
          ...given,
          redirectUris: options.redirectUri,
          postLogoutRedirectUris: options.postLogoutRedirectUri,
          owners: options.owner,
        },
        { apiKey: options.apiKey === true },
      ),
    { institution },
  );
  const printer = createPrinter(context, { json: options.json === true });
  const { id, secret, apiKey } = created;
  printer.result({ id, secret, apiKey, name, institution, ...given });
  printer.line(`Application "${safeText(name)}" of ${institution} is made.`);
  printer.line();
  printSecrets(printer, { 'client id': id, secret, 'API key': apiKey });
}

async function runList(context: CliContext, options: ListOptions): Promise<void> {
  const items = await withApplications(context, (applications) =>
    applications.list({ institutionId: options.institution, limit: listedMax }),
  );
  const printer = createPrinter(context, { json: options.json === true });
  printer.result({ items, count: items.length });
  if (items.length === 0) printer.line('No application yet: "rollcall application create" makes one.');
  else for (const line of applicationTable(items)) printer.line(line);
}

function applicationTable(applications: readonly Application[]): readonly string[] {
  return formatTable(
    [{ title: 'name' }, { title: 'type' }, { title: 'state' }, { title: 'institutions' }, { title: 'id' }],
    applications.map(({ id, name, authenticationType, state, homeInstitution, institutions }) => [
      safeText(name),
      authenticationType,
      state,
      // The home first: it manages the application.
      [homeInstitution, ...institutions.filter((institution) => institution !== homeInstitution)].join(', '),
      id,
    ]),
  );
}

async function runShow(context: CliContext, id: string, options: CommonOptions): Promise<void> {
  const { application, secrets } = await withApplications(context, (applications) => applications.find(id));
  const printer = createPrinter(context, { json: options.json === true });
  printer.result({ ...application, secrets });
  printer.line(printer.style.bold(safeText(application.name)));
  for (const line of formatFields(fieldsOf(application))) printer.line(line);
  printer.line();
  if (secrets.length === 0) printer.line('No secret is valid.');
  for (const secret of secrets) {
    const end = secret.expiresAt === undefined ? '' : `, ends ${timeOf(secret.expiresAt)}`;
    printer.line(`secret ${secret.id}, made ${timeOf(secret.createdAt)}${end}`);
  }
}

function fieldsOf(application: Application): readonly (readonly [string, string])[] {
  const fields: readonly (readonly [string, string])[] = [
    ['client id', application.id],
    ['state', application.state],
    ['type', `${application.authenticationType}, ${application.clientAuthentication}`],
    ['home', application.homeInstitution],
    ['acts for', application.institutions.join(', ')],
    ['environment', application.environment],
    ['scopes', application.scopes.join(', ')],
    ['roles', application.roles.join(', ')],
    ['redirects to', application.redirectUris.join(', ')],
    ['API key', application.apiKeyState],
    ['owners', safeText(application.owners.join(', '))],
    ['made', `${timeOf(application.createdAt)} by ${safeText(application.createdBy)}`],
  ];
  return fields.filter(([, value]) => value !== '');
}

async function runRotateSecret(context: CliContext, id: string, options: RotateOptions): Promise<void> {
  const { keepHours } = options;
  const keepUntil = keepHours === 0 ? undefined : new Date(Date.now() + keepHours * hourMs);
  const secret = await withApplications(context, (applications) => applications.rotateSecret(id, keepUntil));
  const printer = createPrinter(context, { json: options.json === true });
  printer.result({ id, secret, previousExpiresAt: keepUntil?.toISOString() });
  printSecrets(printer, { 'client id': id, secret });
  printer.line(
    keepUntil === undefined
      ? 'The secrets before it no longer work, nor do the tokens that the application has.'
      : `The secret before it works until ${timeOf(keepUntil.toISOString())}.`,
  );
}

async function runRotateKey(context: CliContext, id: string, options: CommonOptions): Promise<void> {
  const apiKey = await withApplications(context, (applications) => applications.rotateApiKey(id));
  const printer = createPrinter(context, { json: options.json === true });
  printer.result({ id, apiKey });
  printSecrets(printer, { 'client id': id, 'API key': apiKey });
  printer.line('Every call of the application must carry it now; the one before it no longer works.');
}

async function runGrant(context: CliContext, id: string, options: GrantOptions): Promise<void> {
  const { institution } = options;
  const end = options.end === true;
  await withApplications(
    context,
    (applications) => (end ? applications.withdraw(id, institution) : applications.grant(id, institution)),
    { institution },
  );
  const printer = createPrinter(context, { json: options.json === true });
  printer.result({ id, institution, granted: !end });
  printer.line(`Application ${safeText(id)} may ${end ? 'no longer' : 'now'} act for ${institution}.`);
}

/** What is shown this once, under each other, and a line that says so. */
function printSecrets(printer: Printer, shown: Readonly<Record<string, string | undefined>>): void {
  const fields = Object.entries(shown).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  for (const line of formatFields(fields)) printer.line(line);
  if (fields.length === 1) return;
  printer.line();
  const names = fields.slice(1).map(([name]) => `the ${name}`);
  const what = names.join(' and ');
  const verb = names.length === 1 ? 'is' : 'are';
  printer.line(
    printer.style.warning(
      `Keep ${what} now: ${verb === 'is' ? 'it is' : 'they are'} not stored here and not shown again.`,
    ),
  );
}

async function withApplications<T>(
  context: CliContext,
  work: (applications: OperatorApplications) => Promise<T>,
  named: { institution?: string } = {},
): Promise<T> {
  const { createOperatorApplications } = await import('../../modules/applications/index.ts');
  const { createAudit } = await import('../../modules/audit/index.ts');
  const { listInstitutions } = await import('../../modules/institutions/index.ts');
  const { systemClock } = await import('../../lib/clock.ts');
  const { withOperatorTools } = await import('../operator.ts');
  return await withOperatorTools(context, async ({ database, keyring }) => {
    const { institution } = named;
    const institutions = await database.asOperator((tx) => listInstitutions(tx, listedMax));
    if (institution !== undefined && !institutions.some(({ id }) => id === institution)) {
      throw new CliError(`there is no institution ${institution}: rollcall institution create makes one`);
    }
    const audit = createAudit({ keyring: await keyring() });
    return await work(createOperatorApplications({ database, clock: systemClock, audit }));
  });
}

function known<Value extends string>(
  texts: readonly string[],
  isKnown: (text: string) => text is Value,
  named: { option: string; allowed: readonly Value[] },
): readonly Value[] {
  const wanted = texts.flatMap((text) => text.split(','));
  const found = wanted.filter(isKnown);
  if (found.length !== wanted.length) throw new CliError(`${named.option} must be one of ${named.allowed.join(', ')}`);
  return found;
}

function timeOf(timestamp: string): string {
  return `${timestamp.slice(0, 16).replace('T', ' ')} UTC`;
}

function hours(value: string): number {
  if (!/^\d{1,4}$/.test(value) || Number(value) > keepHoursMax) {
    throw new InvalidArgumentError(`it must be a number of hours, 0 to ${keepHoursMax}`);
  }
  return Number(value);
}
