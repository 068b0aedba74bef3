import { defineConfig } from 'vite';

// The page is served by `face-trigger serve`; everything it needs is in its own folder.
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2022',
    // The polyfill is an inline script, which the server's security policy forbids, and needed by no browser of es2022.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  // For work on the page: `npx vite web`, with `face-trigger serve` beside it.
  server: { proxy: { '/api': 'http://127.0.0.1:8000' } },
});
