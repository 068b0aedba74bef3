import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Makes of a compiled module of `face-trigger/web` one file that needs no package, in its place: the worker, which is
 * served as it is and no bundler of a user's sees, and what of the page's own checks with zod.
 *
 * @param {string} file - of `dist/web`
 */
export async function bundleForBrowsers(file) {
  // Not at the head: a fresh clone loads the build steps before npm has installed anything.
  const { build } = await import('vite');
  const isWorker = file.endsWith('-worker.js');
  // Pages catch one class of errors, whichever file throws.
  const shared = join(dirname(file), '../core/errors.js');
  const [{ output }] = await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      write: false,
      target: 'es2022',
      lib: { entry: file, formats: ['es'] },
      // A library of ES modules keeps its spaces otherwise.
      rollupOptions: {
        ...(!isWorker && { external: (id, _from, isResolved) => isResolved && id === shared }),
        output: { codeSplitting: false, minify: true, dir: dirname(file) },
      },
    },
  });
  if (output.length !== 1) throw new Error(`${file} became ${output.length} files`);
  writeFileSync(file, output[0].code);
  const from = [...readFileSync(file, 'utf8').matchAll(/\bfrom\s*["']([^"']*)["']/g)].map(([, name]) => name);
  const others = from.filter((name) => isWorker || name !== '../core/errors.js');
  if (others.length > 0) throw new Error(`${file} imports other files: ${others.join(', ')}`);
}
