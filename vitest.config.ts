import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/setup.ts'],
    // onnxruntime holds native memory for each process: two workers fill the two cores of a small machine.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // A second, vitest's own, is too short for a broker or a browser on a machine that is busy.
    expect: { poll: { timeout: 30_000 } },
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text-summary', 'html'],
      // A little below what a whole run reached (82.0, 76.9, 80.2, 83.4 % on 2026-11-27): machines differ in what they
      // skip. They never fall.
      thresholds: {
        statements: 80,
        branches: 75,
        functions: 78,
        lines: 81,
      },
    },
  },
});
