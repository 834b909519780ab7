import type { InstitutionTx } from '../../db/transaction.ts';
import { bitmapBytes, bitmapFrom } from '../../lib/bitmap.ts';
import { randomId } from '../../lib/id.ts';
import { type CommandContext, type CommandReply, runCommand } from '../commands/index.ts';
import { settleApproval } from './approval/approval.ts';
import { viewerOf } from './audience-access.ts';
import { readAudienceBody } from './audience-body.ts';
import { checkAudienceName } from './audience-name.ts';
import { insertNewAudience, readVersion } from './audience-publish.ts';
import { type AudienceDeps, noAudience } from './audience-service.ts';
import { type AudienceRow, lockAudience } from './audience-store.ts';
import { audienceTag } from './audience-view.ts';
import { insertOrigins, type NewOriginRow } from './versions/audience-origin-store.ts';
import { foldOrigins } from './versions/audience-origins.ts';
import { findVersionFacts } from './versions/audience-version-store.ts';
import { checkKept } from './versions/version-moment.ts';

export interface CopyOrder {
  readonly sourceId: string;
  /** Absent = the present one. */
  readonly version: number | undefined;
  readonly name: string;
  readonly description: string | undefined;
  /** Absent = the source's. */
  readonly purpose: AudienceRow['purpose'] | undefined;
  readonly justification: string | undefined;
}

/**
 * Makes an audience of the members of one version of another, of any kind: it is edited by lists, and the source may
 * change or go. It is published only if it has as many members as the version that it is a copy of.
 *
 * @throws Problem `notFound` for a source or version that is not there for the caller, `audienceNameTaken`, `badRequest`,
 *   `justificationNeeded`
 */
export async function copyAudience(
  deps: AudienceDeps,
  context: CommandContext,
  order: CopyOrder,
): Promise<CommandReply> {
  checkAudienceName(order.name);
  return await runCommand(deps, context, async (tx) => {
    // Locked: the versions and the lists behind them stay as they are until the copy is there.
    const source = (await lockAudience(tx, viewerOf(context.principal), order.sourceId)) ?? noAudience();
    const version = order.version ?? source.version;
    checkKept({ version: source.version, keptFrom: source.kept_from_version }, version);
    const [at, by] = [deps.clock.now(), context.principal.id];
    const inserted = await insertCopy(tx, source, { ...order, version, at, by });
    const { justification } = order;
    const copy = await settleApproval(tx, inserted, { at, by, justification, isChanged: true });
    const headers = { Location: `/service/customerAudiences/${copy.id}`, ETag: audienceTag(copy) };
    const { customer_count: customerCount } = copy;
    return {
      reply: { status: 201, headers, body: await readAudienceBody(tx, copy) },
      audit: { resource: copy.id, detail: { copyOf: source.id, audienceVersion: version, customerCount } },
    };
  });
}

async function insertCopy(
  tx: InstitutionTx,
  source: AudienceRow,
  copy: Omit<CopyOrder, 'sourceId' | 'version'> & { version: number; at: Date; by: string },
): Promise<AudienceRow> {
  const { members, customerCount } = await readVersion(tx, source.id, copy.version);
  const facts = await findVersionFacts(tx, source.id, copy.version);
  const row = await insertNewAudience(
    tx,
    {
      id: randomId(),
      name: copy.name,
      description: copy.description,
      kind: 'imported',
      purpose: copy.purpose ?? source.purpose,
      restrictedTypes: facts?.restricted_types ?? source.restricted_types,
      list: { identifier_type: source.identifier_type, file_name: source.file_name, import_id: null },
      copyOf: { id: source.id, version: copy.version },
    },
    {
      members,
      memberLines: null,
      customerCount,
      customerVersion: facts?.customer_version ?? source.customer_version,
      importId: null,
      cause: 'copy',
      at: copy.at,
      by: copy.by,
    },
  );
  await insertOrigins(tx, row.id, await originsOfCopy(tx, source.id, { members, version: copy.version, at: copy.at }));
  await checkCopy(tx, row.id, customerCount);
  return row;
}

/** All came with version 1 of the copy: by the lists that brought them into the source, the others together. */
async function originsOfCopy(
  tx: InstitutionTx,
  sourceId: string,
  of: { members: Uint8Array; version: number; at: Date },
): Promise<NewOriginRow[]> {
  using wanted = bitmapFrom(of.members);
  const folded = await foldOrigins(tx, sourceId, { wanted, upTo: of.version });
  const listed = folded.filter((row) => row.import_id !== null);
  using others = bitmapFrom(of.members);
  for (const row of listed) {
    using own = bitmapFrom(row.members);
    others.andNotInPlace(own);
  }
  const rest = others.isEmpty ? [] : [{ import_id: null, members: bitmapBytes(others), member_lines: null }];
  return [...listed, ...rest].map((row, part) => ({ ...row, version: 1, part, made_at: of.at }));
}

/** Reads back what was written. A copy of 1.6 M members that held 339 K went out elsewhere, because nobody counted. */
async function checkCopy(tx: InstitutionTx, audienceId: string, customerCount: number): Promise<void> {
  const copied = await readVersion(tx, audienceId, 1);
  using members = bitmapFrom(copied.members);
  if (members.size !== customerCount || copied.customerCount !== customerCount) {
    throw new Error('a copy has not as many members as its source');
  }
}
