/** The ways in which customers are contacted. */
export const contactChannels = ['email', 'sms', 'phone', 'mail'] as const;
export type ContactChannel = (typeof contactChannels)[number];

/** What a suppression is for: one channel, or every one. */
export const suppressionChannels = [...contactChannels, 'any'] as const;
export type SuppressionChannel = (typeof suppressionChannels)[number];

/** Which suppressions count. */
export interface HeldBackQuery {
  readonly channels: readonly SuppressionChannel[];
  /** `YYYY-MM-DD` in UTC: those that ended before this day do not. */
  readonly today: string;
}

/**
 * What holds customers back from a channel at a moment.
 *
 * @param channel undefined = not known which: whatever holds them back from one of the four
 */
export function heldBackFrom(channel: ContactChannel | undefined, at: Date): HeldBackQuery {
  return { channels: channel === undefined ? suppressionChannels : [channel, 'any'], today: utcDay(at) };
}

/** `YYYY-MM-DD`. */
export function utcDay(at: Date): string {
  return at.toISOString().slice(0, 10);
}
