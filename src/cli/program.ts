import { Command } from 'commander';
import { packageVersion } from '../lib/package-root.ts';
import { applicationCommand } from './commands/application-command.ts';
import { audiencesCommand } from './commands/audiences-command.ts';
import { auditCommand } from './commands/audit-command.ts';
import { demoCommand } from './commands/demo-command.ts';
import { doctorCommand } from './commands/doctor-command.ts';
import { importCommand } from './commands/import-command.ts';
import { institutionCommand } from './commands/institution-command.ts';
import { keysCommand } from './commands/keys-command.ts';
import { accountsCommand, customersCommand } from './commands/load-command.ts';
import { migrateCommand } from './commands/migrate-command.ts';
import { serveCommand } from './commands/serve-command.ts';
import { setupCommand } from './commands/setup-command.ts';
import { tokenCommand } from './commands/token-command.ts';
import { userCommand } from './commands/user-command.ts';
import type { CliContext } from './context.ts';
import { reportError, writeError } from './report-error.ts';

/**
 * Runs one command line.
 *
 * @param argv the words after the program's name
 * @returns the exit code: 0, or 1 after one line on standard error
 */
export async function runCli(argv: readonly string[], context: CliContext): Promise<number> {
  const program = createProgram(context);
  try {
    await program.parseAsync(argv.length === 0 ? ['--help'] : argv, { from: 'user' });
    return 0;
  } catch (error) {
    return reportError(context.stderr, error);
  }
}

function createProgram(context: CliContext): Command {
  const program = new Command('rollcall')
    .description('Turns lists of identifying values into named audiences of customers.')
    .version(packageVersion())
    .addHelpText(
      'after',
      '\nStart here: rollcall demo\nSettings: environment variables ROLLCALL_*; rollcall doctor lists them.',
    );
  const commands = [
    demoCommand(context),
    serveCommand(context),
    setupCommand(context),
    migrateCommand(context),
    institutionCommand(context),
    applicationCommand(context),
    userCommand(context),
    tokenCommand(context),
    customersCommand(context),
    accountsCommand(context),
    importCommand(context),
    audiencesCommand(context),
    keysCommand(context),
    auditCommand(context),
    doctorCommand(context),
  ];
  for (const command of commands) program.addCommand(command);
  configure(program, context);
  return program;
}

/** Added commands do not inherit these. */
function configure(command: Command, context: CliContext): void {
  command
    .exitOverride()
    .helpCommand(false)
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
      outputError: (text) => writeError(context.stderr, text.replace(/^error: /, '')),
    });
  for (const child of command.commands) configure(child, context);
}
