import type { Command } from 'commander';
import type { Role } from '../../modules/access/index.ts';
import type { SetUpOutcome } from '../../modules/people/index.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import type { PeopleTools } from '../operator-people.ts';
import { createPrinter } from '../output/printer.ts';
import { safeText } from '../output/safe-text.ts';
import { type CommonOptions, collect, command } from './options.ts';
import { printLink } from './user-command.ts';

interface SetupOptions extends CommonOptions {
  readonly institution: string;
  readonly name?: string;
  readonly country: string;
  readonly login: string;
  readonly personName?: string;
  readonly role?: readonly string[];
  readonly application?: string;
}

const nameCharactersMax = 80;

export function setupCommand(context: CliContext): Command {
  return command('setup', 'make an institution, if need be, and its first administrator, who gets a sign-in link')
    .requiredOption('--institution <id>', '2 to 8 capital letters, digits and underscores')
    .requiredOption('--login <name>', 'login name of the administrator, usually an e-mail address')
    .option('--name <name>', 'name of the institution (default: its id)')
    .option('--country <code>', 'country of phone numbers without a country code (ISO 3166)', 'US')
    .option('--person-name <name>', 'name of the administrator (default: the login name)')
    .option('--role <role>', 'a role besides administrator; may be given several times', collect)
    .option('--application <name>', 'make a first application of this name too, which may do all but reveal identities')
    .action((options: SetupOptions) => runSetup(context, options));
}

async function runSetup(context: CliContext, options: SetupOptions): Promise<void> {
  const { institutionIdPattern, createInstitution } = await import('../../modules/institutions/index.ts');
  const { signInLinkAddress } = await import('../../modules/people/index.ts');
  const { listAllInstitutions, withPeople } = await import('../operator-people.ts');
  const { linkBase } = await import('../link-base.ts');
  const { institution, login } = options;
  const roles = await rolesOf(options.role);
  const name = options.name ?? institution;
  if (!institutionIdPattern.test(institution)) {
    throw new CliError('the id of an institution has 2 to 8 capital letters, digits and underscores');
  }
  if (name.trim() === '' || [...name].length > nameCharactersMax) {
    throw new CliError(`--name must have 1 to ${nameCharactersMax} characters`);
  }
  if (!/^[A-Z]{2}$/.test(options.country)) throw new CliError('--country must be two capital letters, like US');
  const { made, link, base, application } = await withPeople(context, async (tools) => {
    const { people, database, keyring, config } = tools;
    const isThere = (await listAllInstitutions(database)).some(({ id }) => id === institution);
    // Before anything is made.
    if (!isThere && (await people.isTaken(login))) linkOf({ outcome: 'nameTaken' }, options);
    const settings = { defaultCountry: options.country };
    const isNew = await database.asOperator((tx) =>
      createInstitution({ keyring }, tx, { id: institution, name, settings, at: new Date() }),
    );
    const first = { institutionId: institution, loginName: login, name: options.personName ?? login, roles };
    const firstLink = linkOf(await people.setUp(first), options);
    return {
      made: isNew,
      link: firstLink,
      base: linkBase(config),
      application: await firstApplication(tools, options),
    };
  });
  const printer = createPrinter(context, { json: options.json === true });
  const address = signInLinkAddress(base, link.token);
  const expiresAt = link.expiresAt.toISOString();
  printer.result({ institution, made, loginName: login, link: address, expiresAt, application });
  printer.line(
    `Institution ${institution} ${made ? 'is made' : 'was there'}; its administrator is ${safeText(login)}.`,
  );
  printLink(printer, address);
  if (options.application !== undefined) for (const line of applicationLines(application)) printer.line(line);
}

/** Undefined when there is none to make: not asked for, or there already. */
async function firstApplication(
  { database, keyring }: PeopleTools,
  { institution, application: name }: SetupOptions,
): Promise<{ id: string; secret: string } | undefined> {
  if (name === undefined) return undefined;
  const { createOperatorApplications } = await import('../../modules/applications/index.ts');
  const { createAudit } = await import('../../modules/audit/index.ts');
  const { operatorRoles } = await import('../operator-token.ts');
  const { systemClock } = await import('../../lib/clock.ts');
  const applications = createOperatorApplications({ database, clock: systemClock, audit: createAudit({ keyring }) });
  const there = await applications.list({ institutionId: institution, limit: 1_000 });
  if (there.some((one) => one.name === name)) return undefined;
  const scopes = ['bankingAdmin/read', 'bankingAdmin/write', 'customers/read', 'customers/write'] as const;
  const { id, secret = '' } = await applications.create(
    { institutionId: institution, name, authenticationType: 'clientCredentials', scopes, roles: operatorRoles },
    { apiKey: false },
  );
  return { id, secret };
}

function applicationLines(application: { id: string; secret: string } | undefined): readonly string[] {
  if (application === undefined)
    return ['The application was there; "rollcall application rotate-secret" makes a secret.'];
  const { id, secret } = application;
  return ['', `client id      ${id}`, `client secret  ${secret}`, 'Keep the secret now: it is not shown again.'];
}

/** @throws CliError that says what to do where there is nothing to set up */
function linkOf(outcome: SetUpOutcome, { institution, login }: SetupOptions) {
  const shown = safeText(login);
  switch (outcome.outcome) {
    case 'made':
    case 'again':
      return outcome.link;
    case 'done':
      throw new CliError(
        `${shown} is set up already: sign in, or "rollcall user link" makes a link for a new password`,
      );
    case 'administered':
      throw new CliError(
        `institution ${institution} has an administrator already, who makes accounts; so does "rollcall user create"`,
      );
    case 'nameTaken':
      throw new CliError(`the login name ${shown} is that of another account; "rollcall user roles" changes its roles`);
  }
}

async function rolesOf(texts: readonly string[] = []): Promise<readonly Role[]> {
  const { isRole, roles } = await import('../../modules/access/index.ts');
  const wanted = texts.flatMap((text) => text.split(','));
  const found = wanted.filter(isRole);
  if (found.length !== wanted.length) throw new CliError(`--role must be one of ${roles.join(', ')}`);
  return found;
}
