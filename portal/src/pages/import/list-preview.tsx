import { Group, Text } from '@mantine/core';
import classes from './import.module.css';
import type { ChosenList } from './import-store.ts';
import { markedLine } from './reading/marked-line.ts';
import { text } from './text.ts';

/** The first lines as they stand in the file; what will be read of them is marked. */
export function ListPreview({ list: { head, choices } }: { list: ChosenList }) {
  return (
    <div>
      <Group gap="xs" mb={6}>
        <Text size="sm" fw={600} id="first-lines">
          {text.list.firstLines}
        </Text>
        <Text size="sm" className="quiet">
          {text.list.firstLinesNote}
        </Text>
      </Group>
      {/* A wide list scrolls here, by the keyboard too. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the focus (WCAG 2.1.1) */}
      <ol className={classes.lines} aria-labelledby="first-lines" tabIndex={0}>
        {head.lines.map((line, index) => {
          const isHeader = index === 0 && choices.hasHeader;
          const { before, marked, after } = markedLine(line, {
            delimiter: head.layout.delimiter,
            column: isHeader ? undefined : choices.column,
            columnCount: head.layout.columns.length,
          });
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line has no other identity than its place
            <li key={index} className={isHeader ? classes.header : undefined}>
              <span className={classes.number}>{index + 1}</span>
              <span>
                {before}
                {marked !== '' && <mark>{marked}</mark>}
                {after}
              </span>
            </li>
          );
        })}
      </ol>
    </div>
  );
}
