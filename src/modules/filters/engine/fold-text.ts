import { nameKey } from '../../../lib/name-key.ts';

/** Texts that people take for the same are the same: Unicode's composed form, without case, single spaces. */
export const foldText = nameKey;
