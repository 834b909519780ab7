/**
 * Text from a server or a file as a terminal may show it: control characters and those that turn the direction of
 * writing are replaced, so that a name cannot move the cursor or hide what stands beside it.
 */
export function safeText(text: string): string {
  return text.replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\u{fffd}');
}
