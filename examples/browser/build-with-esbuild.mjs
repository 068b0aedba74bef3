// node examples/browser/build-with-esbuild.mjs
import { join } from 'node:path';
import { build } from 'esbuild';

await build({
  entryPoints: [join(import.meta.dirname, 'page.js')],
  outfile: join(import.meta.dirname, process.argv[2] ?? 'built-by-esbuild', 'page.js'),
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
});
