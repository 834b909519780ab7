/** Gathers the text of one string of a workbook (CT_Rst): its runs, without how it is pronounced (`rPh`). */
export interface TextCollector {
  begin(): void;
  open(name: string): void;
  text(text: string): void;
  close(name: string): void;
  take(): string;
}

export function createTextCollector(): TextCollector {
  let gathered = '';
  let isInText = false;
  let isPronunciation = false;
  return {
    begin() {
      gathered = '';
    },
    open(name) {
      if (name === 't') isInText = true;
      if (name === 'rPh') isPronunciation = true;
    },
    text(text) {
      if (isInText && !isPronunciation) gathered += text;
    },
    close(name) {
      if (name === 't') isInText = false;
      if (name === 'rPh') isPronunciation = false;
    },
    take: () => unescaped(gathered),
  };
}

/** `_x000D_` stands for a character that XML does not have (ST_Xstring); `_x005F_` protects one that looks like it. */
export function unescaped(text: string): string {
  if (!text.includes('_x')) return text;
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
