import type { Schemas } from '../../../api/client.ts';
import { text } from './text.ts';

type Finding = NonNullable<Schemas['auditVerification']['finding']>;

const sentences = new Map(Object.entries(text.verify.findings));

/** What is wrong with the trail, in a sentence; a kind that is newer than this page is one too. */
export function sayFinding({ kind, sequence }: Finding): string {
  return (sentences.get(kind) ?? text.verify.unknown)(sequence);
}
