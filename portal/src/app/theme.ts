import { createTheme, type MantineColorsTuple } from '@mantine/core';
import { text } from '../text/en.ts';

/** The blue of the sign-in pages, from light to dark. */
const ocean: MantineColorsTuple = [
  '#eaf5fb',
  '#d5e8f3',
  '#a9d0e6',
  '#79b7d9',
  '#51a1cd',
  '#3793c6',
  '#1f82b8',
  '#0b5c8a',
  '#094a70',
  '#063854',
];

const closable = { closeButtonProps: { 'aria-label': text.close } };
const dialog = { ...closable, styles: { title: { fontWeight: 650 } } };

/** How every component looks, in both color schemes. */
export const theme = createTheme({
  primaryColor: 'ocean',
  // White stands on it with 7 to 1, in both schemes.
  primaryShade: 7,
  autoContrast: true,
  colors: { ocean },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  defaultRadius: 'md',
  headings: { fontWeight: '650' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  // A button that is only a cross has to be named.
  components: {
    Notification: { defaultProps: closable },
    Modal: { defaultProps: dialog },
    Drawer: { defaultProps: dialog },
  },
});
