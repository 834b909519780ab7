/** Made by `vite.config.ts` from the first headings of `docs/`. */
declare module 'virtual:help-titles' {
  export const titles: readonly {
    readonly kind: 'guides' | 'operations' | 'problems';
    readonly name: string;
    readonly title: string;
  }[];
}
