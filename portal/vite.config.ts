import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, parse } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** As src/http/portal-routes.ts has it. */
const servedName = /^assets\/[-_.A-Za-z0-9]{1,100}$/;

/** Beside each script and style its compressed forms, so that the server compresses nothing while it works. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    // From the files as they lie there: what other plugins change last is in them.
    writeBundle({ dir = '' }, bundle) {
      for (const fileName of Object.keys(bundle)) {
        if (fileName.startsWith('assets/') && !servedName.test(fileName))
          throw new Error(`the server takes ${fileName} for no file of the portal`);
        if (!/^assets\/.*\.(?:js|css|svg)$/.test(fileName)) continue;
        const path = join(dir, fileName);
        const bytes = readFileSync(path);
        writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
        writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
      }
    },
  };
}

/** The titles of the help's documents, so that its page need not load a hundred of them to name them. */
function helpTitles(): Plugin {
  const id = 'virtual:help-titles';
  const docs = join(import.meta.dirname, '..', 'docs');
  return {
    name: 'help-titles',
    resolveId: (source) => (source === id ? `\0${id}` : undefined),
    load(resolved) {
      if (resolved !== `\0${id}`) return undefined;
      const titles = ['guides', 'operations', 'problems'].flatMap((kind) =>
        readdirSync(join(docs, kind))
          .filter((file) => file.endsWith('.md'))
          .map((file) => {
            const name = basename(file, '.md');
            const title = /^# (.+)$/m.exec(readFileSync(join(docs, kind, file), 'utf8'))?.[1] ?? name;
            return { kind, name, title };
          }),
      );
      return `export const titles = ${JSON.stringify(titles)};`;
    },
  };
}

/** A shared piece is named by all that share it, with signs that the server takes for no file of the portal. */
function shortName(name: string): string {
  return name.split('~')[0] ?? name;
}

export default defineConfig({
  // Relative to the `base` of the page: the portal also works under the path of a public address.
  base: './',
  root: import.meta.dirname,
  plugins: [react(), helpTitles(), compressed()],
  worker: { format: 'es' },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // A polyfill would be an inline script.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        chunkFileNames: ({ name }) => `assets/${shortName(name)}-[hash].js`,
        assetFileNames: ({ names }) => `assets/${shortName(parse(names[0] ?? '').name)}-[hash][extname]`,
        codeSplitting: {
          groups: [
            // What every view needs comes in one piece, not in twenty: each costs a phone a part of a round trip.
            { name: 'first', tags: ['$initial'], priority: 2 },
            // What some views share: pieces of their own only where that saves the others something.
            {
              name: 'shared',
              minShareCount: 2,
              entriesAware: true,
              entriesAwareMergeThreshold: 24_000,
              priority: 1,
            },
          ],
        },
      },
    },
  },
});
