import { randomId } from '../../src/lib/id.ts';
import type { TestApp } from '../support/app.ts';
import { importBody, importList } from './import-data.ts';

/** How a member came, as an explanation says it. */
export interface ModelOrigin {
  readonly version: number;
  readonly importId: string;
  readonly line: number;
}

/** What an audience must be, by plain sets: of each version who is in it, and how each of them came. */
export interface AudienceModel {
  readonly id: string;
  /** By version - 1; keys are the indexes of `plainCustomers`. */
  readonly versions: ReadonlyMap<number, ModelOrigin>[];
}

export interface ModelEdit {
  readonly mode: 'add' | 'remove' | 'replace';
  readonly customers: readonly number[];
}

/** The list of some of `plainCustomers`, each on a line of its own after `blanks` lines that name nobody. */
export function listOf(customers: readonly number[], blanks = 0): string {
  return `${'\n'.repeat(blanks)}${customers.map((index) => 900_000_001 + index).join('\n')}\n`;
}

export async function modelAudience(bank: TestApp, customers: readonly number[]): Promise<AudienceModel> {
  const made = (await importList(bank, listOf(customers, 2), { name: `Model ${randomId()}` })).json();
  const origins = customers.map((customer, index): [number, ModelOrigin] => {
    return [customer, { version: 1, importId: made.import.id, line: index + 3 }];
  });
  return { id: made.id, versions: [new Map(origins)] };
}

/** Edits the audience by a list, and the model as the contract has it: no change, no version. */
export async function editModel(bank: TestApp, model: AudienceModel, edit: ModelEdit): Promise<void> {
  const { name: _name, ...body } = importBody(listOf(edit.customers));
  const answer = await bank.send({
    method: 'POST',
    url: `/service/customerAudiences/${model.id}/importedCustomers`,
    json: { ...body, mode: edit.mode },
    headers: edit.mode === 'replace' ? { 'if-match': '*' } : {},
  });
  if (answer.statusCode !== 200) throw new Error(`an edit answered ${answer.statusCode}: ${answer.body}`);
  const before = model.versions.at(-1) ?? new Map<number, ModelOrigin>();
  const next = new Map(edit.mode === 'replace' ? [] : before);
  for (const [index, customer] of edit.customers.entries()) {
    if (edit.mode === 'remove') next.delete(customer);
    // Who was a member stays one by the list that brought them.
    else {
      const origin = { version: model.versions.length + 1, importId: answer.json().import.id, line: index + 1 };
      next.set(customer, before.get(customer) ?? origin);
    }
  }
  const isSame = next.size === before.size && [...next.keys()].every((customer) => before.has(customer));
  if (!isSame) model.versions.push(next);
}

/** The version with which somebody left who is in the model no more. */
export function leftVersion(model: AudienceModel, customer: number): number | undefined {
  for (let version = model.versions.length; version > 1; version -= 1) {
    if (model.versions[version - 2]?.has(customer) === true && model.versions[version - 1]?.has(customer) !== true) {
      return version;
    }
  }
  return undefined;
}
