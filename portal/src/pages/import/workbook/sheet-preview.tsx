import { Group, Text, VisuallyHidden } from '@mantine/core';
import { splitCells } from '../../../../../src/lib/list-text/cell-splitter.ts';
import type { ChosenList } from '../import-store.ts';
import { columnLetters } from './column-letters.ts';
import classes from './sheet.module.css';
import { text } from './text.ts';

/** The first rows of a sheet, with its own names of rows and columns; what will be read of them is marked. */
export function SheetPreview({ list: { head, choices } }: { list: ChosenList }) {
  const rows = head.lines.map((line) => splitCells(line, head.layout.delimiter).cells);
  const columns = Array.from({ length: Math.max(...rows.map((cells) => cells.length)) }, (_, index) => index + 1);
  return (
    <div>
      <Group gap="xs" mb={6}>
        <Text size="sm" fw={600}>
          {text.firstRows}
        </Text>
        <Text size="sm" className="quiet">
          {text.firstRowsNote}
        </Text>
      </Group>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the focus (WCAG 2.1.1) */}
      <section className={classes.frame} aria-label={text.table} tabIndex={0}>
        <table className={classes.sheet}>
          <thead>
            <tr>
              <th scope="col">
                <VisuallyHidden>{text.row}</VisuallyHidden>
              </th>
              {columns.map((column) => (
                <th key={column} scope="col" data-marked={column === choices.column || undefined}>
                  {columnLetters(column)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((cells, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a row has no other identity than its place
              <tr key={index} data-header={(index === 0 && choices.hasHeader) || undefined}>
                <th scope="row">{index + 1}</th>
                {columns.map((column) => (
                  <td key={column} data-marked={column === choices.column || undefined}>
                    {cells[column - 1]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}
