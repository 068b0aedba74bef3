import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  exports: Readonly<Record<string, unknown>>;
};
const SUBPATHS = Object.keys(exports)
  .filter((path) => path !== './package.json')
  .map((path) => path.replace('.', 'face-trigger'));

// Says every module that is loaded, on stderr.
const WATCH_LOADING = `
import { register } from 'node:module';
const hook = \`import { writeSync } from 'node:fs';
export const load = (url, context, next) => { writeSync(2, url + '\\\\n'); return next(url, context); };\`;
register('data:text/javascript,' + encodeURIComponent(hook));
`;

/** What importing a subpath loads: files of the package, packages, and modules of Node. */
async function loadedBy(subpath: string): Promise<string[]> {
  const hook = `data:text/javascript,${encodeURIComponent(WATCH_LOADING)}`;
  const args = ['--import', hook, '--input-type=module', '--eval', `await import('${subpath}')`];
  const { stderr } = await promisify(execFile)(process.execPath, args, { cwd: ROOT });
  return stderr.split('\n').filter((line) => /^(?:file|node):/.test(line));
}

describe('the subpaths of the package', () => {
  it.each(SUBPATHS)('%s gives the same names to import and to require', async (subpath) => {
    const script = `
      import { createRequire } from 'node:module';
      const required = createRequire(process.cwd() + '/x.js')('${subpath}');
      const names = (module) => Object.keys(module).filter((name) => !/^(default|module\\.exports)$/.test(name)).sort();
      console.log(JSON.stringify([names(await import('${subpath}')), names(required)]));`;
    const args = ['--input-type=module', '--eval', script];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT });
    const [imported, required] = JSON.parse(stdout) as string[][];
    expect(imported!.length).not.toBe(0);
    expect(required).toEqual(imported);
  });

  it('leave gallery, cameras, server and their packages unloaded where only face-trigger is imported', async () => {
    const loaded = await loadedBy('face-trigger');
    expect(loaded.some((url) => url.endsWith('/dist/pipeline/face-pipeline.js'))).toBe(true);
    const heavy = /\/dist\/(?:gallery\/stores|server|cli)\/|\/node_modules\/(?:fastify|mqtt|libsql|yaml)\//;
    expect(loaded.filter((url) => heavy.test(url))).toEqual([]);
  });

  it('load nothing of Node and no package for face-trigger/core', async () => {
    const loaded = await loadedBy('face-trigger/core');
    expect(loaded.some((url) => url.endsWith('/dist/core.js'))).toBe(true);
    expect(loaded.filter((url) => !/\/dist\/core(?:\.js$|\/)/.test(url))).toEqual([]);
  });

  it('load nothing but what runs anywhere for face-trigger/cluster', async () => {
    const loaded = await loadedBy('face-trigger/cluster');
    expect(loaded.some((url) => url.endsWith('/dist/cluster.js'))).toBe(true);
    expect(loaded.filter((url) => !/\/dist\/(?:cluster\.js$|cluster\/|core\/|onnx\/)/.test(url))).toEqual([]);
  });

  it('are not needed for what once stood in face-trigger, which is loaded when it is called', async () => {
    const script = `
      import { SqliteGallery, openTriggers, readPeopleFolder, watch } from 'face-trigger';
      const embedder = { id: 'x', sha256: 'ab'.repeat(32), dimension: 2 };
      const gallery = await SqliteGallery.create({ path: ':memory:', embedder });
      console.log((await gallery.listPeople()).items.length, typeof openTriggers, typeof readPeopleFolder);
      await gallery.dispose();
      console.log(await watch('/nowhere', { analyzer: {} }).next().catch(({ code }) => code));`;
    const args = ['--input-type=module', '--eval', script];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT });
    expect(stdout).toBe('0 function function\nERR_FILE_NOT_FOUND\n');
  });

  it('have each type that face-trigger calls deprecated where it says', () => {
    const moved = readFileSync(join(ROOT, 'src/moved.ts'), 'utf8');
    const told = [
      ...moved.matchAll(/@deprecated import it from 'face-trigger\/(\w+)' \*\/\s+(?:\w+ as )?(\w+)/g),
    ];
    expect(told.length).toBeGreaterThan(50);
    for (const [, subpath, name] of told) {
      expect(readFileSync(join(ROOT, `src/${subpath}.ts`), 'utf8')).toMatch(new RegExp(`\\b${name}\\b`));
    }
  });
});
