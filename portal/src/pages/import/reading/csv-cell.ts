/** A cell as RFC 4180 writes it; in quotes too where the server, which knows three delimiters, would see another. */
export function csvCell(text: string): string {
  return /[",;\t\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
