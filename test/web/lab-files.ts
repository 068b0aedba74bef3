import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'vite';
import { withCheckoutLock } from '../../scripts/lock.mjs';
import { filesBelow, hashFiles, ROOT } from '../../scripts/stamp.mjs';
import { writeWebFolder } from '../../src/node/models/write-web-folder.ts';

/**
 * What every browser of the tests is served: the folder of models in both precisions, with the worker as the sources have
 * it, and `lab.js`. It is made once, whichever test comes first.
 *
 * @returns the folder's path; nobody writes into it
 */
export async function labFiles(): Promise<string> {
  const sources = [join(ROOT, 'src'), import.meta.dirname].flatMap((folder) => filesBelow(folder, '.ts'));
  const makers = ['package-lock.json', 'models/.stamp.json'].map((name) => join(ROOT, name));
  const folder = join(ROOT, 'node_modules/.cache/browser-lab', hashFiles([...sources, ...makers]));
  await withCheckoutLock(async () => {
    if (existsSync(folder)) return;
    // Those of earlier sources.
    rmSync(dirname(folder), { recursive: true, force: true });
    const made = `${folder}.new`;
    mkdirSync(made, { recursive: true });
    await writeWebFolder(join(made, 'models'), { precision: 'both' });
    await bundle('src/web/face-trigger-worker.ts', join(made, 'models'), 'face-trigger-worker');
    await bundle('test/web/page/lab.ts', made, 'lab');
    await bundle('src/web/inline.ts', made, 'inline');
    renameSync(made, folder);
  });
  return folder;
}

async function bundle(entry: string, outDir: string, name: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: {
      outDir,
      emptyOutDir: false,
      target: 'es2022',
      minify: false,
      lib: { entry: join(ROOT, entry), formats: ['es'], fileName: () => `${name}.js` },
    },
  });
}
