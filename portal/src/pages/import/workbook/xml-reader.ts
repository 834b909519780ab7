import { SaxesParser } from 'saxes';

export interface XmlHandlers {
  /** @param attribute by its local name: `r:id` is `id`; '' for one that is not there */
  readonly onOpen?: (name: string, attribute: (name: string) => string) => void;
  readonly onText?: (text: string) => void;
  readonly onClose?: (name: string) => void;
}

/** Workbooks nest their elements a dozen deep. The parser keeps each open one: a small file could open millions. */
const depthMax = 100;

/** Takes XML in pieces of any length. */
export interface XmlReader {
  write(text: string): void;
  close(): void;
}

/**
 * Reads XML by the local names of its elements: some programs give all of them a prefix.
 *
 * Entities stay harmless: a document type, the only place to declare one, is refused (ECMA-376 part 2 forbids it), and
 * an unknown one is an error.
 *
 * @throws Error for what is not well-formed, or nested deeper than any workbook
 */
export function createXmlReader({ onOpen, onText, onClose }: XmlHandlers): XmlReader {
  const parser = new SaxesParser<{ xmlns: false; position: false }>({ xmlns: false, position: false });
  parser.on('doctype', () => {
    throw new Error('A part of the workbook has a document type.');
  });
  let depth = 0;
  parser.on('opentag', ({ name, attributes }) => {
    depth += 1;
    if (depth > depthMax) throw new Error('A part of the workbook is nested too deeply.');
    onOpen?.(localName(name), (wanted) => attributes[wanted] ?? prefixed(attributes, wanted));
  });
  if (onText !== undefined) {
    parser.on('text', onText);
    parser.on('cdata', onText);
  }
  parser.on('closetag', ({ name }) => {
    depth -= 1;
    onClose?.(localName(name));
  });
  return {
    write: (text) => {
      parser.write(text);
    },
    close: () => {
      parser.close();
    },
  };
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function prefixed(attributes: Readonly<Record<string, string>>, wanted: string): string {
  return Object.entries(attributes).find(([name]) => name.endsWith(`:${wanted}`))?.[1] ?? '';
}
