import { escapeHtml } from '../../lib/escape-html.ts';

/** Markup of ours. Only `html` and `trustedHtml` make it, so that no value reaches a page unescaped. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

export type HtmlValue = string | number | Html | undefined | readonly Html[];

/** Markup from a template: every value is escaped, but markup that is in it already; undefined is nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(strings.map((text, index) => `${text}${markupOf(values[index])}`).join(''));
}

/** For the output of a library that makes markup out of numbers alone. */
export function trustedHtml(markup: string): Html {
  return new Html(markup);
}

function markupOf(value: HtmlValue): string {
  if (value === undefined) return '';
  if (value instanceof Html) return value.markup;
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value));
  return value.map(markupOf).join('');
}
