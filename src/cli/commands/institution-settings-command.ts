import { type Command, Option } from 'commander';
import type { InstitutionSettings } from '../../db/tables.ts';
import { systemClock } from '../../lib/clock.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { createPrinter } from '../output/printer.ts';
import { type CommonOptions, command } from './options.ts';

interface SettingsOptions extends CommonOptions {
  readonly country?: string;
  readonly valuesPerDay?: string;
  readonly matchRateAlarm?: string;
  readonly versionsKeptDays?: string;
  readonly versionsKeptMin?: string;
  readonly secondFactor?: 'everybody' | 'nobodyElse';
}

/** Shows what holds for an institution, and changes what is given. */
export function institutionSettingsCommand(context: CliContext): Command {
  return command('settings', 'show or change the settings of an institution')
    .argument('<id>', 'the institution')
    .option('--country <code>', 'country of phone numbers without a country code (ISO 3166)')
    .option('--values-per-day <n>', 'distinct values that one caller may submit in imports a day (UTC)')
    .option('--match-rate-alarm <percent>', 'a list of which a smaller part matches raises an alarm; 0 = none does')
    .option('--versions-kept-days <n>', 'days for which versions of audiences are kept after they were the present one')
    .option('--versions-kept-min <n>', 'newest versions of an audience that are kept however old they are')
    .addOption(
      new Option(
        '--second-factor <rule>',
        'for whom it is required, besides administrator, approver, auditor and exporter',
      ).choices(['everybody', 'nobodyElse']),
    )
    .action((id: string, options: SettingsOptions) => runSettings(context, id, options));
}

async function runSettings(context: CliContext, id: string, options: SettingsOptions): Promise<void> {
  const institutions = await import('../../modules/institutions/index.ts');
  const { retentionSettings } = await import('../../modules/audiences/index.ts');
  const { budgetSettings } = await import('../../modules/budgets/index.ts');
  const { createAudit } = await import('../../modules/audit/index.ts');
  const { withOperatorTools } = await import('../operator.ts');
  if (!institutions.institutionIdPattern.test(id)) throw new CliError('that is no id of an institution');
  const change = changeOf(options, institutions);
  const settings = await withOperatorTools(context, async ({ database, keyring }) => {
    const audit = createAudit({ keyring: await keyring() });
    return await institutions.changeInstitutionSettings({ database, clock: systemClock, audit }, id, change);
  });
  if (settings === undefined) throw new CliError('there is no such institution');
  const { distinctValuesPerDayMax, matchRateAlarmPercent } = budgetSettings(settings);
  const effective = {
    defaultCountry: settings.defaultCountry ?? null,
    distinctValuesPerDayMax,
    matchRateAlarmPercent,
    ...retentionSettings(settings),
    secondFactorRequired: settings.secondFactorRequired ?? true,
  };
  const printer = createPrinter(context, { json: options.json === true });
  printer.result({ id, ...effective });
  printer.line(`Settings of ${id}`);
  printer.line(`  country of phone numbers     ${effective.defaultCountry ?? 'none'}`);
  printer.line(`  distinct values a day        ${distinctValuesPerDayMax}`);
  printer.line(`  alarm below a match rate of  ${matchRateAlarmPercent} %`);
  printer.line(`  versions are kept for        ${effective.versionsKeptDays} days`);
  printer.line(`  newest versions kept always  ${effective.versionsKeptMin}`);
  printer.line(
    `  second factor of             ${effective.secondFactorRequired ? 'everybody who signs in' : 'administrators, approvers, auditors and exporters'}`,
  );
}

function changeOf(
  options: SettingsOptions,
  {
    countryPattern,
    settingBounds,
  }: Pick<typeof import('../../modules/institutions/index.ts'), 'countryPattern' | 'settingBounds'>,
): InstitutionSettings {
  const { country, secondFactor } = options;
  if (country !== undefined && !countryPattern.test(country)) {
    throw new CliError('--country must be two capital letters, like US');
  }
  const numbers = [
    ['distinctValuesPerDayMax', '--values-per-day', options.valuesPerDay],
    ['matchRateAlarmPercent', '--match-rate-alarm', options.matchRateAlarm],
    ['versionsKeptDays', '--versions-kept-days', options.versionsKeptDays],
    ['versionsKeptMin', '--versions-kept-min', options.versionsKeptMin],
  ] as const;
  const given = numbers.flatMap(([name, option, text]) =>
    text === undefined ? [] : [[name, wholeNumber(option, text, settingBounds[name])]],
  );
  return {
    ...Object.fromEntries(given),
    ...(country === undefined ? {} : { defaultCountry: country }),
    ...(secondFactor === undefined ? {} : { secondFactorRequired: secondFactor === 'everybody' }),
  };
}

function wholeNumber(option: string, text: string, bounds: { min: number; max: number }): number {
  const value = Number(text);
  if (!/^\d{1,10}$/.test(text) || value < bounds.min || value > bounds.max) {
    throw new CliError(`${option} must be a whole number from ${bounds.min} to ${bounds.max}`);
  }
  return value;
}
