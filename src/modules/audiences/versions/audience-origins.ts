import { setImmediate } from 'node:timers/promises';
import type { InstitutionTx } from '../../../db/transaction.ts';
import { type Bitmap, bitmapBytes, bitmapFrom } from '../../../lib/bitmap.ts';
import { decodeMemberLines, encodeMemberLines } from '../../../lib/member-lines.ts';
import { findOriginLines, listOrigins, type NewOriginRow } from './audience-origin-store.ts';
import {
  type ChangedVersionRow,
  findMemberLines,
  findVersion,
  listChangedVersions,
  type VersionChange,
} from './audience-version-store.ts';
import { findChange } from './version-change.ts';

/** Rows read together; each may hold a bitmap of a million members. */
const batchRows = 16;

/** Who came together, by one list or by none, and with which version. */
export interface Origin {
  readonly version: number;
  readonly madeAt: Date;
  /** null = no list brought them. */
  readonly importId: string | null;
  /** Roaring bitmap, portable format. */
  readonly members: Uint8Array;
  /** Their lines, and the members that have one there, by rank. */
  readonly findLines: (tx: InstitutionTx) => Promise<LinedMembers | undefined>;
}

export interface LinedMembers {
  readonly lined: Uint8Array;
  /** As `encodeMemberLines` made it. */
  readonly lines: Uint8Array;
}

/**
 * Who came with each version up to one, newest first: of the versions that are kept, then of those that are not. Of two
 * origins of one customer the first counts: they left and came back.
 */
export async function* originsOf(tx: InstitutionTx, audienceId: string, upTo: number): AsyncGenerator<Origin> {
  for await (const row of changedVersions(tx, audienceId, upTo)) {
    // Who came by a copy stands in the other table, list by list.
    if (row.cause === 'copy') continue;
    const { members } = await cameWith(tx, audienceId, row);
    const { version } = row;
    const findLines = () => findVersionLines(tx, audienceId, { version, cause: row.cause, members });
    yield { version, madeAt: row.made_at, importId: row.import_id, members, findLines };
  }
  yield* storedOrigins(tx, audienceId);
}

/** Those of `audience_origin`; no customer is in two of them. */
export async function* storedOrigins(tx: InstitutionTx, audienceId: string): AsyncGenerator<Origin> {
  for (let after: { version: number; part: number } | undefined; ; ) {
    const rows = await listOrigins(tx, audienceId, { after, limit: batchRows });
    for (const { version, part, made_at: madeAt, import_id: importId, members } of rows) {
      const findLines = async () => {
        const lines = await findOriginLines(tx, audienceId, { version, part });
        return lines && { lined: members, lines };
      };
      yield { version, madeAt, importId, members, findLines };
    }
    after = rows.at(-1);
    if (rows.length < batchRows) return;
  }
}

/** The kept versions up to one with what each changed, newest first. */
export async function* changedVersions(
  tx: InstitutionTx,
  audienceId: string,
  upTo: number,
): AsyncGenerator<ChangedVersionRow> {
  for (let next = upTo; next >= 1; ) {
    const rows = await listChangedVersions(tx, audienceId, { upTo: next, limit: batchRows });
    yield* rows;
    if (rows.length < batchRows) return;
    next = (rows.at(-1)?.version ?? 1) - 1;
  }
}

/** Who came and who went with a version, also where the row does not say it. */
export async function cameWith(
  tx: InstitutionTx,
  audienceId: string,
  row: ChangedVersionRow,
): Promise<{ members: Uint8Array; removed: Uint8Array }> {
  const { added, removed } = row;
  if (added !== null && removed !== null) return { members: added, removed };
  const change: VersionChange | undefined = await findChange(tx, audienceId, row.version);
  if (change === undefined) throw new Error('an audience has no row of its version');
  return { members: change.added, removed: change.removed };
}

/** The lines of an `add` are of those who came; of a first list and a `replace`, of all members (audience-publish.ts). */
export async function findVersionLines(
  tx: InstitutionTx,
  audienceId: string,
  came: { version: number; cause: ChangedVersionRow['cause']; members: Uint8Array },
): Promise<LinedMembers | undefined> {
  const lines = await findMemberLines(tx, audienceId, came.version);
  if (lines === undefined) return undefined;
  if (came.cause === 'add') return { lined: came.members, lines };
  const version = await findVersion(tx, audienceId, came.version);
  return version && { lined: version.members, lines };
}

/**
 * Says of each of these members who brought it, as rows of `audience_origin`.
 *
 * @param wanted members of version `upTo`, or of the one after it; whoever is said is taken out of it
 */
export async function foldOrigins(
  tx: InstitutionTx,
  audienceId: string,
  fold: { wanted: Bitmap; upTo: number },
): Promise<Omit<NewOriginRow, 'part'>[]> {
  const { wanted } = fold;
  const rows: Omit<NewOriginRow, 'part'>[] = [];
  for await (const origin of originsOf(tx, audienceId, fold.upTo)) {
    if (wanted.isEmpty) break;
    using own = bitmapFrom(origin.members);
    own.andInPlace(wanted);
    if (own.isEmpty) continue;
    wanted.andNotInPlace(own);
    rows.push({
      version: origin.version,
      made_at: origin.madeAt,
      import_id: origin.importId,
      members: bitmapBytes(own),
      member_lines: await linesFor(tx, origin, own),
    });
    // Lines of many members take a while to pack: others come between.
    await setImmediate();
  }
  if (!wanted.isEmpty) throw new Error('an audience has members whom no version brought');
  return rows;
}

async function linesFor(tx: InstitutionTx, origin: Origin, wanted: Bitmap): Promise<Uint8Array | null> {
  const found = origin.importId === null ? undefined : await origin.findLines(tx);
  if (found === undefined) return null;
  using lined = bitmapFrom(found.lined);
  // All of them, as in a copy of an audience that was never edited: nothing is unpacked.
  if (lined.size === wanted.size) return found.lines;
  return encodeMemberLines(pickLines(lined, decodeMemberLines(found.lines, lined.size), wanted));
}

/** Of the lines of `lined`, by rank, those of `wanted`, which is a part of it. */
export function pickLines(lined: Bitmap, lines: Uint32Array, wanted: Bitmap): Uint32Array {
  const ordinals = lined.toUint32Array();
  const picked = new Uint32Array(wanted.size);
  let rank = 0;
  for (const [index, ordinal] of wanted.toUint32Array().entries()) {
    while ((ordinals[rank] ?? ordinal) < ordinal) rank += 1;
    picked[index] = lines[rank] ?? 0;
  }
  return picked;
}
