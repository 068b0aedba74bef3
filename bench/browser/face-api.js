import { readFrame } from './frame.js';

export async function start({ backend }) {
  const faceapi = await import('/peers/@vladmandic/face-api/dist/face-api.esm.js');
  const { nets, tf } = faceapi;
  if (backend === 'wasm') tf.setWasmPaths('/peers/@tensorflow/tfjs-backend-wasm/dist/');
  tf.enableProdMode();
  if (!(await tf.setBackend(backend))) throw new Error(`${backend} does not start`);
  await tf.ready();
  const models = '/peers/@vladmandic/face-api/model';
  for (const net of [
    nets.ssdMobilenetv1,
    nets.tinyFaceDetector,
    nets.faceLandmark68Net,
    nets.faceRecognitionNet,
  ]) {
    await net.loadFromUri(models);
  }
  const frame = await readFrame();
  const ssd = new faceapi.SsdMobilenetv1Options();
  const tiny = new faceapi.TinyFaceDetectorOptions();
  const [face] = await faceapi.detectAllFaces(frame, ssd);
  const [crop] = await faceapi.extractFaces(frame, [face.box]);
  const chain = async (options) =>
    (await faceapi.detectAllFaces(frame, options).withFaceLandmarks().withFaceDescriptors()).length;
  return {
    ready: { version: faceapi.version, tfjs: tf.version_core ?? tf.version?.tfjs, backend: tf.getBackend() },
    tasks: {
      'chain-ssd': () => chain(ssd),
      'chain-tiny': () => chain(tiny),
      embed: async () => (await nets.faceRecognitionNet.computeFaceDescriptor(crop)).length,
    },
  };
}
