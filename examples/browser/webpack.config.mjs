// npx webpack --config examples/browser/webpack.config.mjs
import { join } from 'node:path';

/** @type {import('webpack').Configuration} */
export default {
  mode: 'production',
  target: ['web', 'es2022'],
  context: import.meta.dirname,
  entry: './page.js',
  experiments: { outputModule: true },
  output: { path: join(import.meta.dirname, 'built-by-webpack'), filename: 'page.js', module: true },
};
