export const tabs = ['overview', 'members', 'insights', 'history', 'overlap', 'sharing'] as const;
export type Tab = (typeof tabs)[number];

/** What is shown of an audience, as the address has it. */
export interface AudienceView {
  readonly tab?: Tab;
  /** The version whose members, or whose changes, are shown; absent: the present one. */
  readonly version?: number;
  /** The version that `version` is compared with. */
  readonly against?: number;
  /** Ids of the audiences it is held against, with commas. */
  readonly with?: string;
  /** The customer who is explained beside whatever is shown. */
  readonly customer?: string;
}

/** More make a plot that nobody reads: 6 sets have 63 parts. */
export const othersMax = 5;
const idPattern = /^[\w-]{1,64}$/;

/** Whatever somebody writes into the address is either one of ours or nothing. */
export function readAudienceView(search: Record<string, unknown>): AudienceView {
  const tab = tabs.find((known) => known === search.tab);
  const version = versionOf(search.version);
  const against = versionOf(search.against);
  const others = idsOf(search.with);
  const customer = idOf(search.customer);
  return {
    ...(tab === undefined || tab === 'overview' ? {} : { tab }),
    ...(version === undefined ? {} : { version }),
    ...(against === undefined ? {} : { against }),
    ...(others.length === 0 ? {} : { with: others.join(',') }),
    ...(customer === undefined ? {} : { customer }),
  };
}

/** The ids in a text with commas; at most {@link othersMax}, each once. */
export function idsOf(value: unknown): readonly string[] {
  if (typeof value !== 'string') return [];
  return [...new Set(value.split(',').filter((id) => idPattern.test(id)))].slice(0, othersMax);
}

function idOf(value: unknown): string | undefined {
  return typeof value === 'string' && idPattern.test(value) ? value : undefined;
}

function versionOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}
