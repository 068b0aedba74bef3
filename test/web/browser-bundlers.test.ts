import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as buildWithEsbuild } from 'esbuild';
import { build as buildWithVite } from 'vite';
import { beforeAll, expect, it } from 'vitest';
import webpack from 'webpack';
import vite from '../../examples/browser/vite.config.mjs';
import settings from '../../examples/browser/webpack.config.mjs';
import type { Box } from '../../src/core/geometry/box.ts';
import { readImage } from '../../src/node/image/read-image.ts';
import { FacePipeline } from '../../src/pipeline/face-pipeline.ts';
import { describeInBrowser } from './browser-lab.ts';
import { photos } from './start-page.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/browser', import.meta.url));
const [PHOTO] = photos('audrey.jpg');
const LAST = '<output>starting</output><script type="module" src="page.js"></script>';

/** How each makes `page.js` in a folder, of the compiled package as a user has it. */
const WAYS: Readonly<Record<string, (folder: string) => Promise<void>>> = {
  async vite(folder) {
    const names = { entryFileNames: 'page.js' };
    await buildWithVite({
      ...vite,
      configFile: false,
      root: EXAMPLE,
      logLevel: 'warn',
      build: { ...vite.build, outDir: folder, emptyOutDir: true, rolldownOptions: { output: names } },
    });
  },
  webpack: (folder) =>
    new Promise((resolve, reject) => {
      webpack({ ...settings, output: { ...settings.output, path: folder } }, (error, stats) => {
        if (error) reject(error);
        else if (stats?.hasErrors()) reject(new Error(stats.toString('errors-only')));
        else resolve();
      });
    }),
  async esbuild(folder) {
    await buildWithEsbuild({
      entryPoints: [join(EXAMPLE, 'page.js')],
      outfile: join(folder, 'page.js'),
      ...{ bundle: true, minify: true, format: 'esm', target: 'es2022', logLevel: 'warning' },
    });
  },
  async 'no bundler'(folder) {
    mkdirSync(folder);
    cpSync(fileURLToPath(new URL('../../dist', import.meta.url)), join(folder, '..', 'face-trigger'), {
      recursive: true,
    });
    const page = readFileSync(join(EXAMPLE, 'page.js'), 'utf8');
    writeFileSync(
      join(folder, 'page.js'),
      page.replace("'face-trigger/web'", "'/face-trigger/web/index.js'"),
    );
  },
};

describeInBrowser('the example of a page', (lab) => {
  let expected: Box;
  beforeAll(async () => {
    await using node = await FacePipeline.create({ precision: 'int8', detection: 'fast' });
    const [face, ...others] = await node.find(await readImage(PHOTO!));
    expect(others).toEqual([]);
    expected = face!.box;
  });

  for (const [way, make] of Object.entries(WAYS)) {
    it(`finds a face, made with ${way}`, async () => {
      const name = way.replace(' ', '-');
      const folder = join(lab().folder, name);
      await make(folder);
      cpSync(PHOTO!, join(lab().folder, 'photo.jpg'));
      writeFileSync(join(folder, 'index.html'), `<!doctype html><title>${way}</title>${LAST}`);
      const page = await lab().open();
      await page.goto(`${lab().url}/${name}/index.html`);
      const output = page.locator('output');
      await output.filter({ hasText: /found|failed/ }).waitFor();
      const [count, ...box] = (await output.textContent())!.match(/-?\d+/g)!.map(Number);
      expect(count).toBe(1);
      // The browser decodes the JPEG its own way, which moves a box of the fast detector by little.
      const { left, top, width, height } = expected;
      for (const [i, value] of [left, top, width, height].entries()) {
        expect(Math.abs(value - box[i]!)).toBeLessThan(width / 10);
      }
      await page.close();
      if (way === 'no bundler') return;
      const code = readFileSync(join(folder, 'page.js'), 'utf8');
      // Neither the networks' adapters nor what checks descriptions nor a runtime: they lie in the folder of the models.
      expect(code).not.toMatch(/zod|InferenceSession|dlib/i);
    });
  }

  it('does nothing that a strict security policy forbids', () => {
    expect(lab().problems).toEqual([]);
  });
});
