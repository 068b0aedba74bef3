import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Makes of the compiled worker of `face-trigger/web` one file that needs no other, in its place: it is served as it is,
 * and no bundler of a user's sees it.
 *
 * @param {string} file - `dist/web/face-trigger-worker.js`
 */
export async function bundleWorker(file) {
  // Not at the head: a fresh clone loads the build steps before npm has installed anything.
  const { build } = await import('vite');
  const [{ output }] = await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      write: false,
      target: 'es2022',
      lib: { entry: file, formats: ['es'] },
      // A library of ES modules keeps its spaces otherwise.
      rollupOptions: { output: { codeSplitting: false, minify: true } },
    },
  });
  if (output.length !== 1) throw new Error(`the worker became ${output.length} files`);
  writeFileSync(file, output[0].code);
  if (/\bfrom\s*["']/.test(readFileSync(file, 'utf8'))) throw new Error('the worker imports other files');
}
