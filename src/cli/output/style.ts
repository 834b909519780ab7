import { styleText } from 'node:util';
import type { OutputStream } from '../context.ts';

/** Colours for one stream: none when it is no terminal, or when NO_COLOR is set (https://no-color.org). */
export interface Style {
  bold(text: string): string;
  faint(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  warning(text: string): string;
  accent(text: string): string;
}

export function createStyle(stream: OutputStream): Style {
  const paint =
    (format: Parameters<typeof styleText>[0]) =>
    (text: string): string =>
      styleText(format, text, { stream });
  return {
    bold: paint('bold'),
    faint: paint('dim'),
    good: paint('green'),
    bad: paint('red'),
    warning: paint('yellow'),
    accent: paint('cyan'),
  };
}
