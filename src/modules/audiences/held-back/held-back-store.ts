import type { InstitutionTx } from '../../../db/transaction.ts';
import type { HeldBackQuery, SuppressionChannel } from './held-back-query.ts';

/** The state while no suppression counts. */
export const nobodyHeldBack = 'nobody';

/** Whom one suppression holds back. */
export interface HeldBackSource {
  readonly channel: SuppressionChannel;
  /** Roaring bitmap, portable format. */
  readonly members: Buffer;
  /** Of all suppressions that count, as {@link heldBackState} tells it. */
  readonly state: string;
}

/** Where the parameters of a statement stand that asks which suppressions count. */
interface Places {
  readonly institution: number;
  /** Of `channelsText`. */
  readonly channels: number;
  readonly today: number;
}

const suppressions = `suppression left join audience followed
  on followed.institution_id = suppression.institution_id and followed.id = suppression.audience_id`;

const count = ({ institution, channels, today }: Places) => `suppression.institution_id = $${institution}
  and suppression.channel = any($${channels}::text[])
  and (suppression.expires_on is null or suppression.expires_on >= $${today}::date)`;

/**
 * A scalar subquery that tells the state of the suppressions that count: it changes whenever one comes, ends or goes, and
 * with each version of an audience that one follows. It is made from the rows themselves, so that no writer can forget to
 * note a change, and short, because it stands beside every row of a page.
 */
export function heldBackState(places: Places): string {
  return `(select coalesce(left(encode(sha256(convert_to(
      string_agg(suppression.id || ' ' || coalesce(followed.version, 0), ',' order by suppression.id), 'UTF8')), 'hex'), 32),
    '${nobodyHeldBack}') from ${suppressions} where ${count(places)})`;
}

/** As text: pg would quote each of them. */
export function channelsText({ channels }: HeldBackQuery): string {
  return `{${channels.join()}}`;
}

/**
 * Whom each of the suppressions that count holds back, all of one moment. By a cursor: a hundred bitmaps of a million
 * customers never stand in memory together. It must be read to its end.
 */
export async function* readHeldBack(tx: InstitutionTx, query: HeldBackQuery): AsyncGenerator<HeldBackSource> {
  const places = { institution: 1, channels: 2, today: 3 };
  await tx.client.query(
    `declare held_back no scroll cursor for
      select suppression.channel, coalesce(suppression.members, version.members) as members, ${heldBackState(places)} as state
      from ${suppressions} left join audience_version version on version.institution_id = followed.institution_id
        and version.audience_id = followed.id and version.version = followed.version
      where ${count(places)} order by suppression.id`,
    [tx.institutionId, channelsText(query), query.today],
  );
  for (;;) {
    const { rows } = await tx.client.query<HeldBackSource>('fetch 1 from held_back');
    if (rows.length === 0) break;
    yield* rows;
  }
  await tx.client.query('close held_back');
}

/** The suppressions that follow an audience, the first by id. */
export async function listFollowers(
  tx: InstitutionTx,
  audienceId: string,
  limit: number,
): Promise<{ id: string; name: string }[]> {
  return await tx.db
    .selectFrom('suppression')
    .select(['id', 'name'])
    .where('institution_id', '=', tx.institutionId)
    .where('audience_id', '=', audienceId)
    .orderBy('id')
    .limit(limit)
    .execute();
}
