/** The preferences (RFC 7240) that some operation honours; unknown ones are ignored, as the RFC asks. */
export interface Preferences {
  /** `respond-async`: 202 and a job to watch instead of waiting for the result. */
  readonly respondAsync: boolean;
  /** `return=representation`: the result of a dry run instead of 204. */
  readonly returnRepresentation: boolean;
}

export type AppliedPreference = 'respond-async' | 'return=representation';

interface PreferenceReply {
  getHeader(name: string): number | string | string[] | undefined;
  header(name: string, value: string): unknown;
}

/** Reads `Prefer`; of a preference that is named twice the first counts (RFC 7240 section 2). */
export function parsePrefer(header: string | readonly string[] | undefined): Preferences {
  const text = typeof header === 'string' ? header : (header ?? []).join(',');
  const values = new Map<string, string>();
  for (const preference of text.split(',')) {
    const [name = '', value = ''] = (preference.split(';', 1)[0] ?? '').split('=', 2).map((part) => part.trim());
    const key = name.toLowerCase();
    if (!values.has(key)) values.set(key, value.replace(/^"(.*)"$/, '$1'));
  }
  return {
    respondAsync: values.get('respond-async') === '',
    returnRepresentation: values.get('return') === 'representation',
  };
}

/** Says in the answer which preference was honoured, and to caches that the answer depends on it. */
export function applyPreference(reply: PreferenceReply, preference: AppliedPreference): void {
  const applied = reply.getHeader('preference-applied');
  reply.header('preference-applied', applied === undefined ? preference : `${applied}, ${preference}`);
  varyBy(reply, 'Prefer');
}

/** Adds a name to `Vary` without losing those that are there. */
export function varyBy(reply: PreferenceReply, name: string): void {
  const names = String(reply.getHeader('vary') ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (names.some((present) => present.toLowerCase() === name.toLowerCase())) return;
  reply.header('vary', [...names, name].join(', '));
}
