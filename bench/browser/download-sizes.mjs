import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { ROOT } from '../child.mjs';

/** Kilobytes that a page loads, as gzip makes them: what servers and CDNs do without a thought. */
export async function downloadSizes(models) {
  const sizeOf = (name) => kilobytes(readFileSync(join(models, name)));
  const names = readdirSync(models);
  const ours = names.filter((name) => /[.](onnx|trees|json)$/.test(name));
  const runtime = names.filter((name) => name.startsWith('ort') && !name.includes('bundle'));
  const modules = Object.fromEntries(
    await Promise.all(
      ['index', 'gallery', 'watch'].map(async (name) => {
        const entryPoints = [join(ROOT, `dist/web/${name}.js`)];
        const settings = { bundle: true, minify: true, format: 'esm', target: 'es2022', write: false };
        const { outputFiles } = await build({ entryPoints, ...settings });
        return [name, kilobytes(outputFiles[0].contents)];
      }),
    ),
  );
  return {
    modelsKb: sum(ours.map(sizeOf)),
    models: Object.fromEntries(ours.map((name) => [name, sizeOf(name)])),
    runtimeKb: sum(runtime.map(sizeOf)),
    workerKb: sizeOf('face-trigger-worker.js'),
    modulesKb: modules,
  };
}

const kilobytes = (bytes) => Math.round(gzipSync(bytes, { level: 9 }).length / 100) / 10;
const sum = (values) => Math.round(values.reduce((a, b) => a + b, 0) * 10) / 10;
