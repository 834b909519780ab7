import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { createPrinter } from '../output/printer.ts';
import { safeText } from '../output/safe-text.ts';
import { institutionSettingsCommand } from './institution-settings-command.ts';
import { type CommonOptions, command, group } from './options.ts';

interface CreateOptions extends CommonOptions {
  readonly name: string;
  readonly country: string;
}

const nameCharactersMax = 80;

export function institutionCommand(context: CliContext): Command {
  const create = command('create', 'make an institution with keys of its own')
    .argument('<id>', '2 to 8 capital letters, digits and underscores')
    .requiredOption('--name <name>', 'its name, at most 80 characters')
    .option('--country <code>', 'country of phone numbers without a country code (ISO 3166)', 'US')
    .action((id: string, options: CreateOptions) => runCreate(context, id, options));
  return group('institution', 'the institutions of this server')
    .addCommand(create)
    .addCommand(institutionSettingsCommand(context));
}

async function runCreate(context: CliContext, id: string, options: CreateOptions): Promise<void> {
  const { createInstitution, institutionIdPattern } = await import('../../modules/institutions/index.ts');
  const { withOperatorTools } = await import('../operator.ts');
  if (!institutionIdPattern.test(id)) {
    throw new CliError('the id of an institution has 2 to 8 capital letters, digits and underscores');
  }
  const { name } = options;
  if (name.trim() === '' || [...name].length > nameCharactersMax) {
    throw new CliError(`--name must have 1 to ${nameCharactersMax} characters`);
  }
  if (!/^[A-Z]{2}$/.test(options.country)) throw new CliError('--country must be two capital letters, like US');
  const made = await withOperatorTools(context, async ({ database, keyring }) => {
    const keys = await keyring();
    const settings = { defaultCountry: options.country };
    return await database.asOperator((tx) =>
      createInstitution({ keyring: keys }, tx, { id, name, settings, at: new Date() }),
    );
  });
  if (!made) throw new CliError(`there is an institution ${id} already`);
  const printer = createPrinter(context, { json: options.json === true });
  printer.result({ id, name });
  printer.line(`Institution ${id}, "${safeText(name)}", is made.`);
}
