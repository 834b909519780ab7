/**
 * What nobody sees: zero-width characters, direction marks, soft hyphens and the like, which editors and web pages
 * leave behind (Unicode, Default_Ignorable_Code_Point). No identifier has one.
 */
const invisible = /\p{Default_Ignorable_Code_Point}/gu;
const wrapped = /^(?:"(.*)"|="(.*)"|'(.*))$/s;

/**
 * What each cell goes through before the rule of its type: white space off both ends, unwrapped once (`"..."`,
 * Excel's `="..."`, a leading apostrophe), invisible characters out.
 *
 * @returns '' for a cell without anything in it
 */
export function cleanCell(cell: string): string {
  const trimmed = trimmedCell(cell);
  const parts = wrapped.exec(trimmed);
  if (parts === null) return trimmed;
  const [, quoted, formula, apostrophe] = parts;
  // Inside quotes a doubled quote stands for one (RFC 4180).
  return trimmedCell((quoted ?? formula ?? '').replaceAll('""', '"') + (apostrophe ?? ''));
}

function trimmedCell(text: string): string {
  return text.replace(invisible, '').trim();
}
