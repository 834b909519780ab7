import type { Audience, Schemas } from '../../api/client.ts';
import type { Filter } from './criteria.ts';
import type { BuildSearch } from './search.ts';

export type Template = Schemas['customerAudienceTemplate'];

/** What the builder begins with. */
export interface Source {
  readonly search: BuildSearch;
  readonly filters: readonly Filter[];
  /** The audience whose criteria are changed, and its entity tag when they were read. */
  readonly audience?: Audience;
  readonly tag?: string;
  readonly template?: Template;
}
