import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { formatQuantity } from '../output/format.ts';
import { createPrinter } from '../output/printer.ts';
import { type CommonOptions, command } from './options.ts';

export function migrateCommand(context: CliContext): Command {
  return command('migrate', 'bring the schema of the database up to date').action((options: CommonOptions) =>
    runMigrate(context, options),
  );
}

async function runMigrate(context: CliContext, options: CommonOptions): Promise<void> {
  const { readConfig } = await import('../../config.ts');
  const { openDatabase } = await import('../../db/open.ts');
  const { migrate } = await import('../../db/migrate.ts');
  const config = readConfig(context.environment);
  const database = await openDatabase({ url: config.databaseUrl, dataDir: config.dataDir, purpose: 'command' });
  try {
    const applied = await migrate(database);
    const printer = createPrinter(context, { json: options.json === true });
    printer.result({ applied });
    for (const name of applied) printer.line(`applied ${name}`);
    printer.line(
      applied.length === 0 ? 'The schema is up to date.' : `${formatQuantity(applied.length, 'migration')} applied.`,
    );
  } finally {
    await database.close();
  }
}
