import { type ApiClient, checked } from '../client/api-client.ts';
import {
  type AudienceAnswer,
  audienceSchema,
  changesSchema,
  type EstimateAnswer,
  estimateSchema,
  explanationSchema,
  overlapsSchema,
  versionsSchema,
} from '../client/api-schemas.ts';
import { formatCount, formatQuantity } from '../output/format.ts';
import type { Printer } from '../output/printer.ts';
import { formatTable } from '../output/table.ts';
import { freeName, jsonBody, verify } from './demo-parts.ts';
import type { StepResult, Story } from './story.ts';

const audienceName = 'Checking, no loan';

const has = (name: string, operator: string, ...values: (string | number | boolean)[]) => ({
  filterType: { name },
  operator,
  values,
});

/** What is asked, in the words of a marketer and of the API. */
const criteria = [
  { said: '35 to 54 years old', filter: has('customerAge', 'between', 35, 54) },
  { said: 'with a checking account', filter: has('productType', 'equals', 'checking') },
  { said: 'without a loan', filter: { not: has('productType', 'equals', 'loan') } },
];
const added = { said: 'who agreed to e-mail', filter: has('consentEmail', 'equals', true) };

/** Criteria instead of a list: counted before they are kept, changed, explained, and held against the list's audience. */
export async function runFilterTour(
  tools: { client: ApiClient; printer: Printer; story: Story },
  listed: AudienceAnswer,
): Promise<AudienceAnswer> {
  const { client, printer, story } = tools;
  const estimate = await story.step('Estimate', () => estimateCriteria(client));
  printFunnel(printer, estimate);
  const made = await story.step('Filters', () => createFiltered(client, estimate));
  const changed = await story.step('Versions', () => changeFilters(client, made));
  await story.step('Explain', () => explainWhoLeft(client, changed));
  await story.step('Overlap', () => overlapWith(client, changed, listed));
  return changed;
}

async function estimateCriteria(client: ApiClient): Promise<StepResult<EstimateAnswer>> {
  const path = '/service/customerAudienceEstimates';
  const body = { filters: criteria.map(({ filter }) => filter) };
  const estimate = await client.read(estimateSchema, { method: 'POST', path, ...jsonBody(body) });
  const said = `POST ${path}: ${formatCount(estimate.customerCount)} of ${formatQuantity(estimate.baseCustomerCount, 'customer')}`;
  return { said, value: estimate };
}

function printFunnel(printer: Printer, { funnel }: EstimateAnswer): void {
  const columns = [
    { title: 'customers who are' },
    { title: 'alone', align: 'right' as const },
    { title: 'after those before', align: 'right' as const },
  ];
  const rows = funnel.map(({ customerCount, remainingCount }, index) => [
    criteria[index]?.said ?? '',
    formatCount(customerCount),
    formatCount(remainingCount),
  ]);
  printer.line();
  for (const line of formatTable(columns, rows)) printer.line(`    ${line}`);
  printer.line();
}

async function createFiltered(client: ApiClient, estimate: EstimateAnswer): Promise<StepResult<AudienceAnswer>> {
  const name = await freeName(client, audienceName);
  const body = { name, filters: criteria.map(({ filter }) => filter), refresh: 'onCustomerLoad' };
  const path = '/service/customerAudiences';
  const answer = await client.send({ method: 'POST', path, ...jsonBody(body) });
  const audience = checked(audienceSchema, answer.body);
  verify(audience.customerCount === estimate.customerCount, 'the audience has another count than its estimate');
  return {
    said: `POST ${path}: ${answer.status}, "${name}", as many as estimated; it follows every load`,
    value: audience,
  };
}

async function changeFilters(client: ApiClient, audience: AudienceAnswer): Promise<StepResult<AudienceAnswer>> {
  const path = `/service/customerAudiences/${audience.id}`;
  const { headers } = await client.send({ path });
  const { headers: json, ...body } = jsonBody({ filters: [...criteria, added].map(({ filter }) => filter) });
  const changed = await client.read(audienceSchema, {
    method: 'PATCH',
    path,
    headers: { ...json, 'if-match': headers.get('etag') ?? '' },
    ...body,
  });
  const { items } = await client.read(versionsSchema, { path: `${path}/versions` });
  const told = items
    .toReversed()
    .map(
      (item) =>
        `version ${item.version} has ${formatCount(item.customerCount)} (+${item.addedCount} -${item.removedCount})`,
    );
  return { said: `one more filter, ${added.said}: ${told.join(', ')}`, value: changed };
}

async function explainWhoLeft(client: ApiClient, audience: AudienceAnswer): Promise<StepResult<void>> {
  const path = `/service/customerAudiences/${audience.id}`;
  const query = { change: 'removed', limit: 1 };
  const { items } = await client.read(changesSchema, {
    path: `${path}/versions/${audience.version ?? 2}/changes`,
    query,
  });
  const id = items[0]?.id;
  verify(id !== undefined, 'one more filter has removed nobody');
  const explanation = await client.read(explanationSchema, { path: `${path}/customers/${id}/explanation` });
  verify(!explanation.member, 'who was removed is a member');
  const outcomes = [...criteria, added].map(({ said }, index) => `${said}: ${explanation.filters?.[index]?.outcome}`);
  return {
    said: `customer ${id} left with version ${explanation.leftVersion}; ${outcomes.join(', ')}`,
    value: undefined,
  };
}

async function overlapWith(client: ApiClient, one: AudienceAnswer, other: AudienceAnswer): Promise<StepResult<void>> {
  const path = '/service/customerAudienceOverlaps';
  const { intersections } = await client.read(overlapsSchema, { path, query: { audiences: `${one.id},${other.id}` } });
  const countOf = (...ids: string[]) =>
    intersections.find(({ audiences }) => audiences.length === ids.length && ids.every((id) => audiences.includes(id)))
      ?.customerCount ?? 0;
  const both = countOf(one.id, other.id);
  verify(both + countOf(one.id) === one.customerCount, 'the parts of the overlap do not add up');
  const said = `${formatCount(both)} in both, ${formatCount(countOf(one.id))} only in "${one.name}", ${formatCount(countOf(other.id))} only in "${other.name}"`;
  return { said, value: undefined };
}
