// Brings dist/ and models/ up to date: `npm run build`, and what `npm pack` runs first.
import { pathToFileURL } from 'node:url';
import { BUILD_STEPS } from './build-steps.mjs';
import { withCheckoutLock } from './lock.mjs';

/** Runs the build steps whose output is missing or older than its sources. */
export async function build() {
  for (const step of BUILD_STEPS) {
    if (step.isCurrent()) continue;
    const start = performance.now();
    // stderr: `npm pack --json` runs this first and its stdout must stay JSON.
    process.stderr.write(`${step.title} ... `);
    await step.run();
    process.stderr.write(`${((performance.now() - start) / 1000).toFixed(1)} s\n`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    await withCheckoutLock(build);
  } catch (error) {
    process.stderr.write(`failed\n${error.message}\n`);
    process.exitCode = 1;
  }
}
