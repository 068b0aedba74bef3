import { readFrame } from './frame.js';

const off = { enabled: false };

export async function start({ backend }) {
  const { Human } = await import('/peers/@vladmandic/human/dist/human.esm.js');
  const human = new Human({
    backend,
    wasmPath: '/peers/@tensorflow/tfjs-backend-wasm/dist/',
    modelBasePath: '/peers/@vladmandic/human/models/',
    // Every picture anew, as if it had never been seen.
    cacheSensitivity: 0,
    filter: off,
    ...{ body: off, hand: off, object: off, gesture: off },
    face: {
      enabled: true,
      ...{ emotion: off, iris: off, antispoof: off, liveness: off },
      detector: { rotation: false },
      mesh: { enabled: true },
      description: { enabled: true },
    },
  });
  await human.init();
  const frame = await readFrame();
  const used = human.tf.getBackend();
  if (used !== backend) throw new Error(`${backend} does not start: it fell back to ${used}`);
  return {
    ready: { version: human.version, backend: used },
    tasks: {
      async chain() {
        const { face, error } = await human.detect(frame);
        if (error) throw new Error(error);
        return face.length;
      },
    },
  };
}
