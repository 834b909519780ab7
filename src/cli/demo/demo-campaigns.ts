import type { ApiClient } from '../client/api-client.ts';
import { type AudienceAnswer, insightsSchema, pageSchema } from '../client/api-schemas.ts';
import { listAudiences } from '../client/audience-lookup.ts';
import { ProblemAnswer } from '../client/problem-answer.ts';
import { formatQuantity } from '../output/format.ts';
import { jsonBody, verify } from './demo-parts.ts';
import type { StepResult, Story } from './story.ts';

const creditName = 'Senior credit line';
const suppressionName = 'No letters, please';

/**
 * Audiences as an institution works with them: what kind of customers they have, one for credit that waits for a
 * second person, and customers who are held back. What an earlier start has made stays as it is.
 */
export async function runCampaignTour(
  { client, story }: { client: ApiClient; story: Story },
  { filtered, paper }: { filtered: AudienceAnswer; paper: AudienceAnswer },
): Promise<void> {
  const known = (await listAudiences(client)).find(({ name }) => name === creditName);
  await story.step('Insights', () => tellInsights(client, filtered));
  await story.step('Credit', () => askForCredit(client, known));
  await story.step('Suppress', () => holdBack(client, paper));
}

/** The value of which the audience has most against the whole base. */
async function tellInsights(client: ApiClient, audience: AudienceAnswer): Promise<StepResult<void>> {
  const path = `/service/customerAudiences/${audience.id}/insights`;
  const { dimensions } = await client.read(insightsSchema, { path });
  const cells = dimensions.flatMap(({ label, cells: all }) => all.map((cell) => ({ ...cell, label })));
  const most = cells.toSorted((a, b) => (b.index ?? 0) - (a.index ?? 0))[0];
  verify(most?.value !== undefined, 'an audience of many has no insights');
  const times = ((most.index ?? 0) / 100).toFixed(1);
  return {
    said: `"${audience.name}" has ${times} times as many with ${most.label?.toLowerCase()} ${most.value} as the whole bank`,
    value: undefined,
  };
}

async function askForCredit(client: ApiClient, known: AudienceAnswer | undefined): Promise<StepResult<void>> {
  const path = '/service/customerAudiences';
  const filters = [{ filterType: { name: 'customerAge' }, operator: 'greaterThanOrEqualTo', values: [62] }];
  const order = { name: creditName, purpose: 'credit', filters };
  const justification = 'Applicants of 62 and more are treated no less favorably (12 CFR 1002.6(b)(2)).';
  if (known === undefined) {
    const refused = await problemOf(client.send({ method: 'POST', path, ...jsonBody(order) }));
    verify(refused === 'justificationNeeded', 'credit by age needs no justification');
    await client.send({ method: 'POST', path, ...jsonBody({ ...order, justification }) });
  }
  const audience = (await listAudiences(client)).find(({ name }) => name === creditName);
  if (audience?.state !== 'pendingApproval') return { said: `"${creditName}" is approved`, value: undefined };
  const untold = await problemOf(client.send({ path: `${path}/${audience.id}/customers` }));
  verify(untold === 'approvalPending', 'members are told before the approval');
  const said = `"${creditName}" selects by age: it needs a justification, and waits for a second person's approval`;
  return { said, value: undefined };
}

async function holdBack(client: ApiClient, audience: AudienceAnswer): Promise<StepResult<void>> {
  const path = '/service/suppressions';
  const { count = 0 } = await client.read(pageSchema, { path, query: { limit: 0 } });
  const order = { name: suppressionName, channel: 'mail', customerAudience: audience.id };
  if (count === 0) await client.send({ method: 'POST', path, ...jsonBody(order) });
  const pages = { path: `/service/customerAudiences/${audience.id}/customerIds`, query: { channel: 'mail', limit: 0 } };
  const page = await client.read(pageSchema, pages);
  const said = `POST ${path}: ${formatQuantity(page.heldBackCount ?? 0, 'customer')} of "${audience.name}" held back from letters`;
  return { said, value: undefined };
}

/** The name of the problem with which a call is answered; undefined when it succeeds. */
async function problemOf(call: Promise<unknown>): Promise<string | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    if (error instanceof ProblemAnswer) return error.problemName;
    throw error;
  }
}
