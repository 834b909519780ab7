/**
 * What a suppression and an export are for. `any` of a suppression: it holds for every channel. `any` of an export: it may
 * be used for any of them, so that it is held to every suppression.
 */
export const suppressionChannels = ['email', 'sms', 'phone', 'mail', 'any'] as const;
export type SuppressionChannel = (typeof suppressionChannels)[number];

/** Which suppressions count. */
export interface HeldBackQuery {
  readonly channels: readonly SuppressionChannel[];
  /** `YYYY-MM-DD` in UTC: those that ended before this day do not. */
  readonly today: string;
}

/** What holds customers back from an export for a channel at a moment. */
export function heldBackFrom(channel: SuppressionChannel, at: Date): HeldBackQuery {
  return { channels: channel === 'any' ? suppressionChannels : [channel, 'any'], today: utcDay(at) };
}

/** `YYYY-MM-DD`. */
export function utcDay(at: Date): string {
  return at.toISOString().slice(0, 10);
}
