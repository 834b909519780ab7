/** A cell as RFC 4180 writes it: quoted when it must be, quotes doubled. */
export function csvCell(text: string): string {
  return /[",;\t\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
