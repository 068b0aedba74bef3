// Finds the faces of many photos on all cores and prints a line of JSON for each photo, as soon as it is done.
// HEIC, JPEG XL and RAW files are read too. A photo that cannot be read gets a line that says why.
// node examples/photos-to-json.mjs PHOTO... > faces.jsonl
import { FaceTriggerError, PipelinePool, readImage } from 'face-trigger';

const pool = await PipelinePool.create({ detection: 'fast' });
// Lanes that take the next photo from one list: one for each worker, and one that decodes ahead.
const photos = process.argv.slice(2).values();
await Promise.all(Array.from({ length: pool.size + 1 }, lane));
await pool.dispose();

async function lane() {
  for (const photo of photos) console.log(JSON.stringify(await describePhoto(photo)));
}

/** @param {string} photo */
async function describePhoto(photo) {
  try {
    const image = await readImage(photo);
    const faces = await pool.analyze(image);
    return { photo, width: image.width, height: image.height, faces: faces.map(toPlain) };
  } catch (error) {
    if (!(error instanceof FaceTriggerError)) throw error;
    return { photo, error: { code: error.code, message: error.message } };
  }
}

/** @param {import('face-trigger').Face} face */
function toPlain({ box, score, landmarks, embedding = new Float32Array() }) {
  return { box, score, landmarks: landmarks.points, embedding: [...embedding] };
}
