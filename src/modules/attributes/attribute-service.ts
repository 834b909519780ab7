import { isDeepStrictEqual } from 'node:util';
import type { AttributeConstraints } from '../../db/tables.ts';
import type { Database, InstitutionTx } from '../../db/transaction.ts';
import { type ConditionalRequest, checkIfMatch } from '../../http/entity-tag.ts';
import type { Clock } from '../../lib/clock.ts';
import { randomId } from '../../lib/id.ts';
import { Problem } from '../../lib/problem.ts';
import type { Principal } from '../access/index.ts';
import type { Audit } from '../audit/index.ts';
import { type CommandContext, type CommandReply, type CommandResult, runCommand } from '../commands/index.ts';
import { lockCustomerBase, saveCustomerBase } from '../customers/index.ts';
import { checkConstraints } from './attribute-constraints.ts';
import { refusalOfName } from './attribute-names.ts';
import { type AttributePatch, attributesMax, type NewAttribute } from './attribute-schemas.ts';
import {
  type AttributeRow,
  countAttributes,
  findAttribute,
  insertAttribute,
  isNameTaken,
  listAttributes,
  lockAttribute,
  lockAttributes,
  updateAttribute,
} from './attribute-store.ts';
import { attributeBody, attributeTag } from './attribute-view.ts';

export interface AttributeDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly audit: Audit;
}

type Target = ConditionalRequest & { readonly id: string };

/** Publishing loads hold the base: a deletion can wait longer than a read. */
const lockTimeoutMs = 15_000;

/** @throws Problem `notFound`, also for an attribute of another institution */
export async function getAttribute(
  deps: Pick<AttributeDeps, 'database'>,
  principal: Principal,
  id: string,
): Promise<AttributeRow> {
  const row = await deps.database.inInstitution(principal.institutionId, (tx) => findAttribute(tx, id));
  return row ?? noAttribute();
}

/** A page in the order of the names; `last` is the row it ended with unless it was the last page. */
export async function getAttributes(
  deps: Pick<AttributeDeps, 'database'>,
  principal: Principal,
  page: { afterName: string | undefined; limit: number },
): Promise<{ rows: AttributeRow[]; count: number; last: AttributeRow | undefined }> {
  const { rows, count } = await deps.database.inInstitution(principal.institutionId, (tx) =>
    // One more than asked for tells whether there is another page.
    listAttributes(tx, { ...page, limit: page.limit + 1 }),
  );
  const shown = rows.slice(0, page.limit);
  return { rows: shown, count, last: rows.length > page.limit ? shown.at(-1) : undefined };
}

/**
 * Defines an attribute: from then on loads of customers take a column of its name.
 *
 * @throws Problem `unprocessableEntity` for a name of ours, constraints that do not fit, and one attribute too many;
 *   `conflict` when another has the name
 */
export async function createAttribute(
  deps: AttributeDeps,
  context: CommandContext,
  order: NewAttribute,
): Promise<CommandReply> {
  const refusal = refusalOfName(order.name);
  if (refusal !== undefined) throw new Problem('unprocessableEntity', { detail: refusal });
  const constraints = order.constraints ?? {};
  checkConstraints(order.dataType, constraints);
  return await runCommand(deps, context, async (tx) => {
    await lockAttributes(tx);
    if (await isNameTaken(tx, order.name)) {
      throw new Problem('conflict', { detail: 'Another attribute of the institution has this name.' });
    }
    if ((await countAttributes(tx)) >= attributesMax) {
      throw new Problem('unprocessableEntity', { detail: `An institution has at most ${attributesMax} attributes.` });
    }
    const at = deps.clock.now();
    const row = await insertAttribute(tx, {
      id: randomId(),
      name: order.name,
      label: order.label ?? null,
      description: order.description ?? null,
      fair_lending: order.fairLending ?? null,
      data_type: order.dataType,
      constraints: JSON.stringify(constraints),
      revision: 1,
      created_at: at,
      created_by: context.principal.id,
      updated_at: at,
      deleted_at: null,
    });
    const headers = { Location: `/service/customerAttributes/${row.id}`, ETag: attributeTag(row) };
    return { reply: { status: 201, headers, body: attributeBody(row) }, audit: auditOf(row) };
  });
}

/**
 * Changes label, description or constraints (RFC 7396). Values that are stored stay, whatever the constraints say now.
 *
 * @throws Problem `notFound`, `preconditionRequired`, `preconditionFailed`; `unprocessableEntity` as for a new one
 */
export async function patchAttribute(
  deps: AttributeDeps,
  context: CommandContext,
  target: Target,
  patch: AttributePatch,
): Promise<CommandReply> {
  return await runCommand(deps, context, async (tx) => {
    const attribute = await lockTarget(tx, target);
    const constraints = mergedConstraints(attribute.constraints, patch.constraints);
    checkConstraints(attribute.data_type, constraints);
    const { label = attribute.label, description = attribute.description } = patch;
    const { fairLending = attribute.fair_lending } = patch;
    const fields = [
      ...(label === attribute.label ? [] : ['label']),
      ...(description === attribute.description ? [] : ['description']),
      ...(fairLending === attribute.fair_lending ? [] : ['fairLending']),
      ...(isDeepStrictEqual(constraints, attribute.constraints) ? [] : ['constraints']),
    ];
    const change = {
      label,
      description,
      fair_lending: fairLending,
      constraints: JSON.stringify(constraints),
      updated_at: deps.clock.now(),
    };
    const row = fields.length === 0 ? attribute : await updateAttribute(tx, attribute, change);
    return {
      reply: { status: 200, headers: { ETag: attributeTag(row) }, body: attributeBody(row) },
      audit: auditOf(row, { changed: fields }),
    };
  });
}

/**
 * Deletes an attribute. From this commit on nobody sees it; the next load of customers that changes something removes
 * its values. The base gets a new version, so that what filters remember of it is no longer asked.
 *
 * @throws Problem `notFound`, `preconditionRequired`, `preconditionFailed`
 */
export async function removeAttribute(
  deps: AttributeDeps,
  context: CommandContext,
  target: Target,
): Promise<CommandReply> {
  return await runCommand(
    deps,
    context,
    async (tx) => {
      await lockCustomerBase(tx);
      const attribute = await lockTarget(tx, target);
      await updateAttribute(tx, attribute, { deleted_at: deps.clock.now() });
      const customerVersion = await saveCustomerBase(tx, {});
      return { reply: { status: 204 }, audit: auditOf(attribute, { customerVersion }) };
    },
    { lockTimeoutMs },
  );
}

async function lockTarget(tx: InstitutionTx, target: Target): Promise<AttributeRow> {
  const attribute = (await lockAttribute(tx, target.id)) ?? noAttribute();
  checkIfMatch(target, attributeTag(attribute));
  return attribute;
}

function mergedConstraints(stored: AttributeConstraints, patch: AttributePatch['constraints']): AttributeConstraints {
  if (patch === undefined) return stored;
  if (patch === null) return {};
  const { minimum = stored.minimum, maximum = stored.maximum } = patch;
  const { maxLength = stored.maxLength, choices = stored.choices } = patch;
  return {
    ...(minimum === undefined || minimum === null ? {} : { minimum }),
    ...(maximum === undefined || maximum === null ? {} : { maximum }),
    ...(maxLength === undefined || maxLength === null ? {} : { maxLength }),
    ...(choices === undefined || choices === null ? {} : { choices }),
  };
}

function auditOf(row: AttributeRow, detail: Record<string, unknown> = {}): CommandResult['audit'] {
  return { resource: row.id, detail: { dataType: row.data_type, ...detail } };
}

function noAttribute(): never {
  throw new Problem('notFound', { detail: 'There is no customer attribute with this id.' });
}
