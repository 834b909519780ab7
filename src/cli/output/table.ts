import { stripVTControlCharacters } from 'node:util';

export interface TableColumn {
  readonly title: string;
  /** Numbers stand on the right. Default `left`. */
  readonly align?: 'left' | 'right';
}

/**
 * Rows under their titles, each column as wide as its widest cell. Cells may be coloured.
 *
 * @returns lines without a line break at their end
 */
export function formatTable(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): readonly string[] {
  const titles = columns.map(({ title }) => title);
  const widths = columns.map((_, at) => Math.max(...[titles, ...rows].map((row) => widthOf(row[at] ?? ''))));
  const line = (row: readonly string[]): string =>
    columns
      .map(({ align }, at) => pad(row[at] ?? '', widths[at] ?? 0, align ?? 'left'))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return [line(titles), rule, ...rows.map(line)];
}

/** `name   value` lines with the values under each other. */
export function formatFields(fields: readonly (readonly [name: string, value: string])[]): readonly string[] {
  const width = Math.max(0, ...fields.map(([name]) => widthOf(name)));
  return fields.map(([name, value]) => `${pad(name, width, 'left')}  ${value}`);
}

function pad(cell: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(cell)));
  return align === 'left' ? cell + space : space + cell;
}

/** Columns of a terminal that the text takes; wide East Asian characters take two. */
function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of new Intl.Segmenter().segment(stripVTControlCharacters(text))) {
    width +=
      /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/u.test(
        segment,
      )
        ? 2
        : 1;
  }
  return width;
}
