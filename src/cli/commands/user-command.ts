import type { Command } from 'commander';
import type { Role } from '../../modules/access/index.ts';
import type { SignInLink, UserAccount } from '../../modules/people/index.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { createPrinter, type Printer } from '../output/printer.ts';
import { safeText } from '../output/safe-text.ts';
import { formatTable } from '../output/table.ts';
import { type CommonOptions, collect, command, group } from './options.ts';

interface CreateOptions extends CommonOptions {
  readonly institution: string;
  readonly login: string;
  readonly name: string;
  readonly role?: readonly string[];
}

interface InstitutionOptions extends CommonOptions {
  readonly institution?: string;
}

interface RolesOptions extends InstitutionOptions {
  readonly role?: readonly string[];
}

const accountsMax = 10_000;
const within = 'A running server knows it within 5 seconds.';

export function userCommand(context: CliContext): Command {
  return group('user', 'the people who sign in')
    .addCommand(
      command('create', 'make an account and print a link for the first sign-in')
        .requiredOption('--institution <id>', 'its home, which manages it')
        .requiredOption('--login <name>', 'what is typed at sign-in, usually an e-mail address')
        .requiredOption('--name <name>', 'what people call them')
        .option('--role <role>', 'what they may do; may be given several times', collect)
        .action((options: CreateOptions) => runCreate(context, options)),
    )
    .addCommand(
      command('list', 'list the people by name')
        .option('--institution <id>', 'only those who may act for this institution')
        .action((options: InstitutionOptions) => runList(context, options)),
    )
    .addCommand(
      forLogin('link', 'print a link to choose a (new) password by; those before it no longer work').action(
        (login: string, options: CommonOptions) => runLink(context, login, options),
      ),
    )
    .addCommand(
      forLogin('roles', 'set what somebody may do at an institution, as a whole')
        .option('--institution <id>', 'the institution (default: the home)')
        .option('--role <role>', 'may be given several times; without it nothing is left', collect)
        .action((login: string, options: RolesOptions) => runRoles(context, login, options)),
    )
    .addCommand(moveSubcommand(context, 'disabled'))
    .addCommand(moveSubcommand(context, 'active'))
    .addCommand(
      forLogin('reset-second-factor', 'for a lost telephone: the next sign-in sets another one up').action(
        (login: string, options: CommonOptions) => runResetSecondFactor(context, login, options),
      ),
    )
    .addCommand(
      forLogin('sign-out', 'end all sessions and tokens of somebody').action((login: string, options: CommonOptions) =>
        runSignOut(context, login, options),
      ),
    );
}

function forLogin(name: string, description: string): Command {
  return command(name, description).argument('<login>', 'the login name');
}

function moveSubcommand(context: CliContext, state: 'active' | 'disabled'): Command {
  const [name, description] =
    state === 'disabled'
      ? ['disable', 'sign somebody out and let them sign in no more']
      : ['enable', 'let somebody who was disabled sign in again'];
  return forLogin(name, description).action(async (login: string, options: CommonOptions) => {
    const { withPeople } = await import('../operator-people.ts');
    await withPeople(context, ({ people }) => people.move(login, state));
    const printer = createPrinter(context, { json: options.json === true });
    printer.result({ loginName: login, state });
    printer.line(`${safeText(login)} is ${state}. ${within}`);
  });
}

async function runCreate(context: CliContext, options: CreateOptions): Promise<void> {
  const { withPeople } = await import('../operator-people.ts');
  const roles = await rolesOf(options.role);
  const { institution, login, name } = options;
  const { person, link, address } = await withPeople(
    context,
    async ({ people, config }) => {
      const made = await people.create(institution, { loginName: login, name, roles: [...roles] });
      return { person: made, ...(await addressOf(await people.link(login), config)) };
    },
    { institution },
  );
  const printer = createPrinter(context, { json: options.json === true });
  const { id, loginName } = person;
  printer.result({ id, loginName, name, institution, roles, link: address, expiresAt: link.expiresAt.toISOString() });
  printer.line(`Account "${safeText(loginName)}" of ${institution} is made.`);
  printLink(printer, address);
}

async function runList(context: CliContext, options: InstitutionOptions): Promise<void> {
  const { listAllInstitutions, withPeople } = await import('../operator-people.ts');
  const { institution } = options;
  const items = await withPeople(
    context,
    async ({ people, database }) => {
      const found: (UserAccount & { institution: string })[] = [];
      const all = institution === undefined ? await listAllInstitutions(database) : [{ id: institution }];
      for (const { id } of all) {
        for (const account of await people.list(id, accountsMax)) found.push({ ...account, institution: id });
      }
      return found;
    },
    { institution },
  );
  const printer = createPrinter(context, { json: options.json === true });
  printer.result({ items, count: items.length });
  if (items.length === 0) printer.line('Nobody yet: "rollcall setup" makes the first administrator.');
  else for (const line of accountTable(items)) printer.line(line);
}

function accountTable(accounts: readonly (UserAccount & { institution: string })[]): readonly string[] {
  return formatTable(
    [
      { title: 'name' },
      { title: 'login name' },
      { title: 'institution' },
      { title: 'roles' },
      { title: 'state' },
      { title: 'last sign-in' },
    ],
    accounts.map((account) => [
      safeText(account.name),
      safeText(account.loginName),
      account.institution,
      account.roles.join(', '),
      account.hasPassword ? account.state : `${account.state}, no password yet`,
      account.lastSignInAt === undefined ? 'never' : account.lastSignInAt.slice(0, 16).replace('T', ' '),
    ]),
  );
}

async function runLink(context: CliContext, login: string, options: CommonOptions): Promise<void> {
  const { withPeople } = await import('../operator-people.ts');
  const { link, address } = await withPeople(context, async ({ people, config }) =>
    addressOf(await people.link(login), config),
  );
  const printer = createPrinter(context, { json: options.json === true });
  printer.result({ loginName: login, link: address, expiresAt: link.expiresAt.toISOString() });
  printLink(printer, address);
}

async function runRoles(context: CliContext, login: string, options: RolesOptions): Promise<void> {
  const { withPeople } = await import('../operator-people.ts');
  const roles = await rolesOf(options.role);
  const { institution } = options;
  const at = await withPeople(context, ({ people }) => people.setRoles(login, { institutionId: institution, roles }), {
    institution,
  });
  const printer = createPrinter(context, { json: options.json === true });
  printer.result({ loginName: login, institution: at, roles });
  const shown = roles.length === 0 ? 'no role' : roles.join(', ');
  printer.line(`${safeText(login)} has at ${at}: ${shown}. ${within}`);
}

async function runResetSecondFactor(context: CliContext, login: string, options: CommonOptions): Promise<void> {
  const { withPeople } = await import('../operator-people.ts');
  await withPeople(context, ({ people }) => people.resetSecondFactor(login));
  const printer = createPrinter(context, { json: options.json === true });
  printer.result({ loginName: login, hasSecondFactor: false });
  printer.line(`${safeText(login)} sets up another second factor at the next sign-in.`);
}

async function runSignOut(context: CliContext, login: string, options: CommonOptions): Promise<void> {
  const { withPeople } = await import('../operator-people.ts');
  await withPeople(context, ({ people }) => people.signOut(login));
  const printer = createPrinter(context, { json: options.json === true });
  printer.result({ loginName: login, signedOut: true });
  printer.line(`${safeText(login)} is signed out everywhere. ${within}`);
}

async function rolesOf(texts: readonly string[] = []): Promise<readonly Role[]> {
  const { isRole, roles } = await import('../../modules/access/index.ts');
  const wanted = texts.flatMap((text) => text.split(','));
  const found = wanted.filter(isRole);
  if (found.length !== wanted.length) throw new CliError(`--role must be one of ${roles.join(', ')}`);
  return [...new Set(found)];
}

async function addressOf(link: SignInLink, config: Parameters<typeof import('../link-base.ts').linkBase>[0]) {
  const { linkBase } = await import('../link-base.ts');
  const { signInLinkAddress } = await import('../../modules/people/index.ts');
  return { link, address: signInLinkAddress(linkBase(config), link.token) };
}

/** The address alone on its line, so that it can be copied, or cut out by a script. */
export function printLink(printer: Printer, address: string): void {
  printer.line('Open this within 15 minutes; it works once, for whoever has it:');
  printer.line(address);
}
