import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// As a user's own tests would run the installed package: in a context of node:vm, its files as they are.
export default defineConfig({
  cacheDir: join(import.meta.dirname, '../../../../node_modules/.vite'),
  test: {
    root: import.meta.dirname,
    include: ['*.spec.mjs'],
    testTimeout: 120_000,
    server: { deps: { external: [/\/dist\//] } },
  },
});
