import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { describeInBrowser } from './browser-lab.ts';
import { photos } from './start-page.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/browser', import.meta.url));
const [AUDREY, FRANCK] = photos('audrey.jpg', 'franck_02159.jpg');

describeInBrowser(
  'the example of a webcam',
  (lab) => {
    it('says who looks into the camera, and remembers people in the browser', async () => {
      const folder = lab().folder;
      mkdirSync(join(folder, 'people'));
      cpSync(AUDREY!, join(folder, 'people/Audrey.jpg'));
      cpSync(FRANCK!, join(folder, 'people/Franck.jpg'));
      cpSync(join(EXAMPLE, 'webcam.html'), join(folder, 'webcam.html'));
      await build({
        entryPoints: [join(EXAMPLE, 'webcam.js')],
        outfile: join(folder, 'webcam.js'),
        ...{ bundle: true, minify: true, format: 'esm', target: 'es2022', logLevel: 'warning' },
      });
      const page = await lab().open();
      const seesFranck = async () => {
        await page.goto(`${lab().url}/webcam.html`);
        const answer = page.locator('output');
        await answer.filter({ hasText: /You are|I do not know|failed/ }).waitFor();
        expect(await answer.textContent()).toBe('You are Franck');
      };
      await seesFranck();
      const photosAsked = () => lab().asked.filter((path) => path.startsWith('/people/'));
      expect(photosAsked()).toEqual(['/people/Audrey.jpg', '/people/Franck.jpg']);
      await seesFranck();
      expect(photosAsked()).toHaveLength(2);
      await page.close();
      expect(lab().problems).toEqual([]);
    });
  },
  { camera: { video: 'franck.mp4', fromSecond: 76 } },
);
