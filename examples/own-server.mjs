// Serves the HTTP API and the web page from a program of its own, on this machine only.
// node examples/own-server.mjs [GALLERY] [PORT]
import { openEmbedder } from 'face-trigger';
import { openGallery } from 'face-trigger/gallery';
import { createServer } from 'face-trigger/server';

const [path = 'gallery.db', port = '8000'] = process.argv.slice(2);
const embedder = await openEmbedder();
const gallery = await openGallery(path, { embedder: embedder.profile });
await embedder.dispose();

// Without keys everybody who reaches the server may do everything, so it listens on 127.0.0.1 alone.
const server = await createServer({
  gallery,
  keys: null,
  version: '1.0.0',
  port: Number(port),
  logStream: process.stderr,
});
console.log(`listening on ${server.url}; the API is described at ${server.url}/docs`);

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    await server.close();
    await gallery.dispose();
  });
}
