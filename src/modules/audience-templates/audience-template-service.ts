import { isDeepStrictEqual } from 'node:util';
import type { Database, InstitutionTx } from '../../db/transaction.ts';
import { type ConditionalRequest, checkIfMatch } from '../../http/entity-tag.ts';
import type { Clock } from '../../lib/clock.ts';
import { randomId } from '../../lib/id.ts';
import { nameKey } from '../../lib/name-key.ts';
import { Problem } from '../../lib/problem.ts';
import type { Principal } from '../access/index.ts';
import type { Audit } from '../audit/index.ts';
import { type CommandContext, type CommandReply, type CommandResult, runCommand } from '../commands/index.ts';
import { checkFilters, dayOf, type FilterBody, listFilterTypes } from '../filters/index.ts';
import { findInstitutionSettings } from '../institutions/index.ts';
import { type NewTemplate, type TemplatePatch, templatesMax } from './audience-template-schemas.ts';
import {
  deleteTemplate,
  findTemplate,
  insertTemplate,
  listNameKeys,
  lockTemplates,
  type TemplateRow,
  updateTemplate,
} from './audience-template-store.ts';
import { type SeenTemplate, templateBody, templateTag } from './audience-template-view.ts';
import { builtInTemplates, findBuiltInTemplate } from './built-in-templates.ts';

export interface TemplateDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly audit: Audit;
}

type Target = ConditionalRequest & { readonly id: string };

/** @throws Problem `notFound`, also for a template of another institution */
export async function getTemplate(
  deps: Pick<TemplateDeps, 'database'>,
  principal: Principal,
  id: string,
): Promise<SeenTemplate> {
  return await deps.database.inInstitution(principal.institutionId, (tx) => findSeenTemplate(tx, id));
}

/**
 * What an audience from the template is made of; the filters are still to be held to what its maker may ask.
 *
 * @throws Problem `notFound`, `templateExcluded`
 */
export async function findTemplateToUse(
  tx: InstitutionTx,
  id: string,
): Promise<{ filters: readonly FilterBody[]; refresh: NonNullable<TemplateRow['refresh']> | undefined }> {
  const { template, excluded } = await findSeenTemplate(tx, id);
  if (excluded) throw new Problem('templateExcluded', { detail: 'Choose another template, or send filters.' });
  const refresh = 'refresh' in template ? (template.refresh ?? undefined) : undefined;
  return { filters: template.filters, refresh };
}

/** The ids of all templates of an institution, built-in ones too. */
export async function listTemplateIds(tx: InstitutionTx): Promise<ReadonlySet<string>> {
  return new Set([...builtInTemplates, ...(await listNameKeys(tx, templatesMax))].map(({ id }) => id));
}

/**
 * Keeps filters as a template. They are held to the filter types; the audiences that they ask about are looked for when
 * an audience is made, with the eyes of whoever makes it.
 *
 * @throws Problem `invalidFilters`; `conflict` when another template has the name; `unprocessableEntity` for one too many
 */
export async function createTemplate(
  deps: TemplateDeps,
  context: CommandContext,
  order: NewTemplate,
): Promise<CommandReply> {
  return await runCommand(deps, context, async (tx) => {
    await lockTemplates(tx);
    const at = deps.clock.now();
    const row = {
      id: randomId(),
      name: order.name,
      name_key: nameKey(order.name),
      description: order.description ?? null,
      filters: await readFilters(deps, tx, order.filters),
      refresh: order.refresh ?? null,
      revision: 1,
      created_at: at,
      created_by: context.principal.id,
      updated_at: at,
    };
    const others = await refuseTakenName(tx, row);
    if (others.length >= templatesMax) {
      throw new Problem('unprocessableEntity', { detail: `An institution has at most ${templatesMax} templates.` });
    }
    const seen = { template: await insertTemplate(tx, row), excluded: false };
    const headers = { Location: `/service/customerAudienceTemplates/${row.id}`, ETag: templateTag(seen) };
    return {
      reply: { status: 201, headers, body: templateBody(seen) },
      audit: { resource: row.id, detail: { filterCount: row.filters.length } },
    };
  });
}

/**
 * Changes a template (RFC 7396). Audiences that were made from it stay as they are.
 *
 * @throws Problem `notFound`, `forbidden` for whoever neither made it nor is an administrator, `preconditionRequired`,
 *   `preconditionFailed`, `invalidFilters`, `conflict`; `unprocessableEntity` for a built-in one and for null
 */
export async function patchTemplate(
  deps: TemplateDeps,
  context: CommandContext,
  target: Target,
  patch: TemplatePatch,
): Promise<CommandReply> {
  const { name: newName, filters: newFilters } = patch;
  if (newName === null || newFilters === null) {
    throw new Problem('unprocessableEntity', {
      detail: 'A template has a name and filters: neither can be null.',
    });
  }
  return await changeTemplate(deps, context, target, async (tx, { template, excluded }) => {
    const { description = template.description, refresh = template.refresh } = patch;
    const name = newName ?? template.name;
    const filters = newFilters === undefined ? template.filters : await readFilters(deps, tx, newFilters);
    const next = { ...template, name, name_key: nameKey(name), description, filters, refresh };
    await refuseTakenName(tx, next);
    const fields = (['name', 'description', 'filters', 'refresh'] as const).filter(
      (field) => !isDeepStrictEqual(next[field], template[field]),
    );
    const row = fields.length === 0 ? template : await updateTemplate(tx, { ...next, updated_at: deps.clock.now() });
    const seen = { template: row, excluded };
    return {
      reply: { status: 200, headers: { ETag: templateTag(seen) }, body: templateBody(seen) },
      audit: { resource: row.id, detail: { changed: fields } },
    };
  });
}

/** Deletes a template. Audiences that were made from it stay as they are. @throws as {@link patchTemplate} */
export async function removeTemplate(
  deps: TemplateDeps,
  context: CommandContext,
  target: Target,
): Promise<CommandReply> {
  return await changeTemplate(deps, context, target, async (tx, { template }) => {
    await deleteTemplate(tx, template.id);
    return { reply: { status: 204 }, audit: { resource: template.id } };
  });
}

async function changeTemplate(
  deps: TemplateDeps,
  context: CommandContext,
  target: Target,
  change: (tx: InstitutionTx, seen: { template: TemplateRow; excluded: boolean }) => Promise<CommandResult>,
): Promise<CommandReply> {
  const { principal } = context;
  return await runCommand(deps, context, async (tx) => {
    await lockTemplates(tx);
    const { template, excluded } = await findSeenTemplate(tx, target.id);
    if (!('revision' in template)) throw builtInRefused();
    if (template.created_by !== principal.id && !principal.roles.has('administrator')) return denied(template.id);
    checkIfMatch(target, templateTag({ template, excluded }));
    return await change(tx, { template, excluded });
  });
}

async function findSeenTemplate(tx: InstitutionTx, id: string): Promise<SeenTemplate> {
  const template = findBuiltInTemplate(id) ?? (await findTemplate(tx, id)) ?? noTemplate();
  const { excludedCustomerAudienceTemplates: excluded = [] } = await findInstitutionSettings(tx);
  return { template, excluded: excluded.includes(id) };
}

async function readFilters(
  deps: Pick<TemplateDeps, 'clock'>,
  tx: InstitutionTx,
  filters: readonly FilterBody[],
): Promise<FilterBody[]> {
  return [...checkFilters(filters, await listFilterTypes(tx), { today: dayOf(deps.clock.now()) }).filters];
}

/** @returns the institution's own templates besides it */
async function refuseTakenName(tx: InstitutionTx, { id, name_key: key }: Pick<TemplateRow, 'id' | 'name_key'>) {
  const others = (await listNameKeys(tx, templatesMax)).filter((other) => other.id !== id);
  const builtIn = builtInTemplates.map(({ name }) => nameKey(name));
  if ([...others.map((other) => other.name_key), ...builtIn].includes(key)) {
    throw new Problem('conflict', { detail: 'Another template has this name.' });
  }
  return others;
}

function builtInRefused(): Problem {
  return new Problem('unprocessableEntity', {
    detail:
      'A built-in template can be neither changed nor deleted. Make one of your own with its filters; an administrator can exclude it.',
  });
}

/** Who may see a template and not change it is told so: 403, and the audit trail has the attempt. */
function denied(id: string): CommandResult {
  const problem = new Problem('forbidden', {
    detail: 'Only whoever made a template and administrators may change or delete it.',
  });
  const detail = { missing: 'templateOwnership' };
  return { reply: { status: problem.status }, audit: { resource: id, outcome: 'denied', detail }, problem };
}

function noTemplate(): never {
  throw new Problem('notFound', { detail: 'There is no audience template with this id.' });
}
