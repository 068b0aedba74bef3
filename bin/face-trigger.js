#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/cli/main.js', import.meta.url);
if (existsSync(main)) {
  const { main: run } = await import(main.href);
  process.exitCode = await run(process.argv.slice(2));
} else {
  // Only a checkout can be without it: the package always has it.
  console.error('face-trigger is not built yet: run node scripts/bootstrap.mjs');
  process.exitCode = 6;
}
