import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { ROOT } from '../child.mjs';

const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};
const PAGE = '<!doctype html><meta charset="utf-8"><title>bench</title>';

/** Serves the bench's pages, face-trigger, its peers, and a folder of frames and models. */
export async function serveBench(folder) {
  const roots = {
    '/bench/': join(ROOT, 'bench/browser'),
    '/face-trigger/': join(ROOT, 'dist'),
    '/peers/': join(ROOT, 'bench/peers/node_modules'),
    '/': folder,
  };
  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url, 'http://localhost').pathname);
    const root = Object.keys(roots).find((prefix) => path.startsWith(prefix));
    try {
      const isPage = path === '/';
      const content = isPage ? PAGE : await readFile(join(roots[root], path.slice(root.length)));
      response.writeHead(200, {
        'content-type': isPage ? 'text/html' : (TYPES[extname(path)] ?? 'application/octet-stream'),
        'cache-control': 'max-age=3600',
        ...(request.headers.cookie?.includes('isolated=yes') && {
          'cross-origin-opener-policy': 'same-origin',
          'cross-origin-embedder-policy': 'require-corp',
        }),
      });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://localhost:${server.address().port}/`, close: () => server.close() };
}
