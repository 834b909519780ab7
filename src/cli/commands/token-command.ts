import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { createPrinter } from '../output/printer.ts';
import { type CommonOptions, collect, command, group } from './options.ts';

interface CreateOptions extends CommonOptions {
  readonly institution: string;
  readonly scope: readonly string[];
  readonly role?: readonly string[];
  readonly name: string;
  readonly expiresInDays?: number;
}

const hourSeconds = 60 * 60;
const daySeconds = 24 * hourSeconds;
/** The signing key stays published as long as its longest token: a stolen one must not last for years. */
const daysMax = 30;
const nameCharactersMax = 80;

export function tokenCommand(context: CliContext): Command {
  const create = command('create', 'make an access token; it is shown this once')
    .requiredOption('--institution <id>', 'the institution that it is for')
    .requiredOption('--scope <scope>', 'what it allows, e.g. bankingAdmin/write; may be given several times', collect)
    .option('--role <role>', 'what it allows besides, may be given several times (default: all but auditor)', collect)
    .option('--name <name>', 'its application, which stands in the audit trail; made when there is none', 'cli')
    .option('--expires-in-days <days>', `when it ends, 1 to ${daysMax} (default: in one hour)`, days)
    .action((options: CreateOptions) => runCreate(context, options));
  return group('token', 'access tokens').addCommand(create);
}

async function runCreate(context: CliContext, options: CreateOptions): Promise<void> {
  const { isRole, isScope, roles, scopes } = await import('../../modules/access/index.ts');
  const { listInstitutions } = await import('../../modules/institutions/index.ts');
  const { systemClock } = await import('../../lib/clock.ts');
  const { createOperatorToken } = await import('../operator-token.ts');
  const { withOperatorTools } = await import('../operator.ts');
  const granted = known(options.scope, { option: '--scope', all: scopes, isOne: isScope });
  const given = options.role && known(options.role, { option: '--role', all: roles, isOne: isRole });
  const { institution: institutionId, name, expiresInDays } = options;
  if (name.length < 1 || name.length > nameCharactersMax) {
    throw new CliError(`--name must have 1 to ${nameCharactersMax} characters`);
  }
  const token = await withOperatorTools(context, async ({ config, database, keyring }) => {
    if (config.externalIssuer !== undefined) {
      throw new CliError('tokens come from the issuer of ROLLCALL_ISSUER_URL: this server accepts none of its own');
    }
    const institutions = await database.asOperator((tx) => listInstitutions(tx, 10_000));
    if (!institutions.some(({ id }) => id === institutionId)) {
      throw new CliError(`there is no institution ${institutionId}: rollcall institution create makes one`);
    }
    return await createOperatorToken(
      { database, keyring: await keyring(), clock: systemClock },
      {
        institutionId,
        name,
        scopes: granted,
        roles: given,
        expiresInSeconds: expiresInDays === undefined ? hourSeconds : expiresInDays * daySeconds,
      },
    );
  });
  const printer = createPrinter(context, { json: options.json === true });
  printer.result({ token, institution: institutionId, scopes: granted });
  printer.line(token);
}

function known<Name extends string>(
  given: readonly string[],
  names: { option: string; all: readonly Name[]; isOne(text: string): text is Name },
): Name[] {
  const wanted = given.flatMap((text) => text.split(','));
  const found = wanted.filter(names.isOne);
  if (found.length !== wanted.length) throw new CliError(`${names.option} must be one of ${names.all.join(', ')}`);
  return found;
}

function days(value: string): number {
  if (!/^\d{1,4}$/.test(value) || Number(value) < 1 || Number(value) > daysMax) {
    throw new InvalidArgumentError(
      `it must be a number of days, 1 to ${daysMax}: a token cannot be called back one by one, so it does not live long`,
    );
  }
  return Number(value);
}
