import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { createPrinter } from '../output/printer.ts';
import { type CommonOptions, collect, command, group } from './options.ts';

interface CreateOptions extends CommonOptions {
  readonly institution: string;
  readonly scope: readonly string[];
  readonly name: string;
  readonly expiresInDays?: number;
}

const dayMs = 24 * 60 * 60 * 1000;
const daysMax = 3650;

export function tokenCommand(context: CliContext): Command {
  const create = command('create', 'make an access token; it is shown this once')
    .requiredOption('--institution <id>', 'the institution that it is for')
    .requiredOption('--scope <scope>', 'what it allows, e.g. bankingAdmin/write; may be given several times', collect)
    .option('--name <name>', 'what it is for; stands in the audit trail', 'cli')
    .option('--expires-in-days <days>', 'when it ends (default: never)', days)
    .action((options: CreateOptions) => runCreate(context, options));
  return group('token', 'access tokens').addCommand(create);
}

async function runCreate(context: CliContext, options: CreateOptions): Promise<void> {
  const { createAccessToken, isScope, scopes } = await import('../../modules/access/index.ts');
  const { listInstitutions } = await import('../../modules/institutions/index.ts');
  const { withOperatorTools } = await import('../operator.ts');
  const wanted = options.scope.flatMap((text) => text.split(','));
  const granted = wanted.filter(isScope);
  if (granted.length !== wanted.length) throw new CliError(`--scope must be one of ${scopes.join(', ')}`);
  const at = new Date();
  const { expiresInDays } = options;
  const token = await withOperatorTools(context, async ({ database }) =>
    database.asOperator(async (tx) => {
      const known = await listInstitutions(tx, 10_000);
      if (!known.some(({ id }) => id === options.institution)) {
        throw new CliError(`there is no institution ${options.institution}: rollcall institution create makes one`);
      }
      return await createAccessToken(tx, {
        institutionId: options.institution,
        name: options.name,
        scopes: granted,
        at,
        ...(expiresInDays === undefined ? {} : { expiresAt: new Date(at.getTime() + expiresInDays * dayMs) }),
      });
    }),
  );
  const printer = createPrinter(context, { json: options.json === true });
  printer.result({ token, institution: options.institution, scopes: granted });
  printer.line(token);
}

function days(value: string): number {
  if (!/^\d{1,4}$/.test(value) || Number(value) < 1 || Number(value) > daysMax) {
    throw new InvalidArgumentError(`it must be a number of days, 1 to ${daysMax}`);
  }
  return Number(value);
}
