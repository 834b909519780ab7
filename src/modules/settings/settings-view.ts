import type { InstitutionSettings } from '../../db/tables.ts';
import type { InstitutionTx } from '../../db/transaction.ts';
import { listTemplateIds } from '../audience-templates/index.ts';
import { retentionSettings } from '../audiences/index.ts';
import { budgetSettings } from '../budgets/index.ts';
import { type FilterType, listAllFilterTypes } from '../filters/index.ts';
import type { Settings } from './settings-schemas.ts';

/** What settings can speak of. */
export interface KnownNames {
  readonly filterTypes: readonly FilterType[];
  readonly templateIds: ReadonlySet<string>;
}

export async function readKnownNames(tx: InstitutionTx): Promise<KnownNames> {
  return { filterTypes: await listAllFilterTypes(tx), templateIds: await listTemplateIds(tx) };
}

/**
 * The settings as the API shows them. What they say of templates and attributes that are deleted since is left out, so
 * that what was read can be sent back. When an import alarms is not shown: whoever knows it can stay below.
 */
export function settingsBody(settings: InstitutionSettings, known: KnownNames): Settings {
  const { excludedCustomerAudienceTemplates: excluded = [], filterTypes: limits = [], defaultCountry } = settings;
  return {
    excludedCustomerAudienceTemplates: excluded.filter((id) => known.templateIds.has(id)),
    filterTypes: limits.flatMap(({ id, ...limit }) => {
      const type = known.filterTypes.find((one) => one.id === id);
      return type === undefined ? [] : [{ name: type.name, ...limit }];
    }),
    ...(defaultCountry === undefined ? {} : { defaultCountry }),
    secondFactorRequired: settings.secondFactorRequired ?? true,
    distinctValuesPerDayMax: budgetSettings(settings).distinctValuesPerDayMax,
    ...retentionSettings(settings),
  };
}
