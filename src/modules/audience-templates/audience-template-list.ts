import type { Database } from '../../db/transaction.ts';
import { nameKey } from '../../lib/name-key.ts';
import { nameSortValue } from '../../lib/sort-position.ts';
import type { Principal } from '../access/index.ts';
import { findInstitutionSettings } from '../institutions/index.ts';
import { listTemplates } from './audience-template-store.ts';
import type { SeenTemplate } from './audience-template-view.ts';
import { builtInTemplates } from './built-in-templates.ts';

/** Where a template stands in the order of the list. */
export interface TemplatePlace {
  /** The first bytes of the key of the name. */
  readonly name: Buffer;
  readonly id: string;
}

/**
 * A page of the templates, the built-in ones among the institution's own, in the order of their names.
 *
 * @returns `last` is the place where the page ended unless it was the last page
 */
export async function getTemplates(
  { database }: { database: Database },
  { institutionId }: Principal,
  query: { namePart: string; after: TemplatePlace | undefined; limit: number },
): Promise<{ templates: SeenTemplate[]; count: number; last: TemplatePlace | undefined }> {
  const { after, limit } = query;
  const part = nameKey(query.namePart);
  return await database.inInstitution(
    institutionId,
    async (tx) => {
      // One more than asked for tells whether there is another page.
      const own = await listTemplates(tx, part, { after, limit: limit + 1 });
      const { excludedCustomerAudienceTemplates: excluded = [] } = await findInstitutionSettings(tx);
      const builtIn = builtInTemplates.filter(({ name }) => nameKey(name).includes(part));
      const placed = [...own.rows, ...builtIn].map((template) => ({
        seen: { template, excluded: excluded.includes(template.id) },
        place: { name: nameSortValue(nameKey(template.name)), id: template.id },
      }));
      const rest = placed
        .filter(({ place }) => after === undefined || comparePlaces(place, after) > 0)
        .toSorted((a, b) => comparePlaces(a.place, b.place));
      const shown = rest.slice(0, limit);
      return {
        templates: shown.map(({ seen }) => seen),
        count: own.count + builtIn.length,
        last: rest.length > limit ? shown.at(-1)?.place : undefined,
      };
    },
    // The count and the rows are of one moment.
    { isolation: 'repeatable read' },
  );
}

/** As the store sorts: by bytes. */
function comparePlaces(a: TemplatePlace, b: TemplatePlace): number {
  return Buffer.compare(a.name, b.name) || (a.id < b.id ? -1 : Number(a.id > b.id));
}
