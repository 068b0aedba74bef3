#!/usr/bin/env node
import { existsSync } from 'node:fs';

const folder = new URL('../dist/cli/', import.meta.url);
if (existsSync(new URL('main.js', folder))) {
  const { areTooLong, readArguments, runElsewhere } = await import(new URL('long-arguments.js', folder));
  const args = readArguments();
  if (areTooLong(process.argv)) process.exitCode = await runElsewhere(args);
  else {
    const { main } = await import(new URL('main.js', folder));
    process.exitCode = await main(args);
  }
} else {
  // Only a checkout can be without it: the package always has it.
  console.error('face-trigger is not built yet: run node scripts/bootstrap.mjs');
  process.exitCode = 6;
}
