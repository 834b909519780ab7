import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import type { Check } from '../doctor/checks.ts';
import { formatQuantity } from '../output/format.ts';
import { createPrinter, type Printer } from '../output/printer.ts';
import { formatTable } from '../output/table.ts';
import { type CommonOptions, command } from './options.ts';

export function doctorCommand(context: CliContext): Command {
  return command('doctor', 'check engine, schema, keys and disk; print the settings in effect').action(
    (options: CommonOptions) => runDoctor(context, options),
  );
}

async function runDoctor(context: CliContext, options: CommonOptions): Promise<void> {
  const { describeSettings, readConfig } = await import('../../config.ts');
  const { runChecks } = await import('../doctor/checks.ts');
  const settings = describeSettings(context.environment);
  const checks = await runChecks(readConfig(context.environment));
  const printer = createPrinter(context, { json: options.json === true });
  printer.result({ checks, settings: settings.map(({ name, value, source }) => ({ name, value, source })) });
  const rows = checks.map(({ state, name, message }) => [painted(printer, state), name, message]);
  for (const line of formatTable([{ title: 'state' }, { title: 'check' }, { title: 'finding' }], rows))
    printer.line(line);
  printer.line();
  const settingRows = settings.map(({ name, value = '', source }) => [name, value, source]);
  for (const line of formatTable([{ title: 'setting' }, { title: 'value' }, { title: 'from' }], settingRows)) {
    printer.line(line);
  }
  const failed = checks.filter(({ state }) => state === 'fail').length;
  if (failed > 0) throw new CliError(`${formatQuantity(failed, 'check')} failed`);
}

function painted(printer: Printer, state: Check['state']): string {
  if (state === 'ok') return printer.style.good(state);
  return state === 'warn' ? printer.style.warning(state) : printer.style.bad(state);
}
