import { Type } from 'typebox';
import type { InstitutionTx } from '../../../db/transaction.ts';
import { Problem } from '../../../lib/problem.ts';
import { parseInstant } from '../../../lib/range.ts';
import type { AudienceViewer } from '../audience-access.ts';
import { findAudience } from '../audience-store.ts';
import { findVersionAt } from './audience-version-store.ts';

/** Which version of an audience is meant; neither = the present one. */
export interface Moment {
  readonly version?: number | undefined;
  readonly asOf?: Date | undefined;
}

/** Versions from `keptFrom` to `version`, the present one, are all there. */
export interface KeptVersions {
  readonly version: number;
  readonly keptFrom: number;
}

export const versionNumberSchema = Type.Integer({
  minimum: 1,
  maximum: 2_147_483_647,
  description: 'The number of a version, from 1.',
  examples: [3],
});

/** Which version to read, to be spread into a query schema; read it by {@link momentOf}. */
export const momentQuery = {
  version: Type.Optional(versionNumberSchema),
  asOf: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 40,
      description:
        'A timestamp: the version that was the present one at that moment. Of a moment to come, the present one. Not together with `version`.',
      examples: ['2026-01-31T09:30:00.000Z'],
    }),
  ),
};

/** @throws Problem `badRequest` for both at once, and for an `asOf` that is no timestamp */
export function momentOf(query: { version?: number | undefined; asOf?: string | undefined }): Moment {
  const { version, asOf } = query;
  if (version !== undefined && asOf !== undefined) {
    throw new Problem('badRequest', { detail: 'version and asOf both name a version. Send one of them.' });
  }
  return { version, asOf: asOf === undefined ? undefined : parseInstant(asOf, 'asOf') };
}

export function isKept(kept: KeptVersions, version: number): boolean {
  return version >= kept.keptFrom && version <= kept.version;
}

/** @throws Problem `notFound` unless the version is kept */
export function checkKept(kept: KeptVersions, version: number): void {
  if (!isKept(kept, version)) throw noSuchVersion({ isPast: version < kept.keptFrom });
}

/**
 * The number of the version that is meant, which is kept.
 *
 * @throws Problem `notFound` for a number that is none yet, for a moment before the audience was made, and for what is
 *   no longer kept; the detail says which
 */
export async function versionOfMoment(
  tx: InstitutionTx,
  audience: { audienceId: string; head: KeptVersions; viewer: AudienceViewer },
  moment: Moment,
): Promise<number> {
  const { audienceId, head } = audience;
  if (moment.asOf === undefined) {
    const version = moment.version ?? head.version;
    checkKept(head, version);
    return version;
  }
  const version = await findVersionAt(tx, audienceId, moment.asOf);
  if (version !== undefined) return version;
  const row = await findAudience(tx, audience.viewer, audienceId);
  if (row === undefined || moment.asOf >= row.created_at) throw noSuchVersion({ isPast: true });
  throw new Problem('notFound', { detail: 'The audience had not been made at the moment of asOf.' });
}

/** @param options.isPast whether there was one: then it is no longer kept */
export function noSuchVersion(options: { isPast: boolean }): Problem {
  const detail = options.isPast
    ? 'This version of the audience is no longer kept.'
    : 'The audience has no such version.';
  return new Problem('notFound', { detail });
}
