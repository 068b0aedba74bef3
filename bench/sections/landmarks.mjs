import { readImage } from '../../dist/index.js';
import { extractFaceChip } from '../../dist/models/dlib/chip.js';
import { openDetector, openLandmarkDetector } from '../../dist/node/models/open-models.js';
import { measure, round } from '../measure.mjs';

/** What lies between a box and an embedding: five landmarks, and the chip cut at them. */
export const landmarks = {
  name: 'landmarks',
  title: 'Landmarks and chip',
  columns: { what: 'step', image: 'image', median: 'ms, median', p95: 'p95', min: 'min', n: 'n' },

  async run({ images, quick }) {
    const counts = quick ? { warmUp: 10, n: 20 } : { warmUp: 100, n: 500 };
    const detector = await openDetector({ threads: 1 });
    const finder = await openLandmarkDetector();
    const rows = [];
    for (const [name, path] of Object.entries({
      '250x250': await images.one(),
      '640x480': await images.vga(),
    })) {
      const image = await readImage(path);
      const [face] = await detector.detect(image);
      if (face === undefined) throw new Error(`No face in ${path}: landmarks cannot be measured`);
      const points = finder.detect(image, face.box);
      const faceSize = face.box.width;
      const steps = {
        landmarks: () => finder.detect(image, face.box),
        chip: () => extractFaceChip(image, points),
        both: () => extractFaceChip(image, finder.detect(image, face.box)),
      };
      for (const [what, run] of Object.entries(steps)) {
        rows.push({ what, image: name, faceSize, threads: 1, ...(await measure(run, counts)) });
      }
    }
    await detector.dispose();
    const both = rows.find(({ what }) => what === 'both').median;
    return {
      rows,
      aims: [{ aim: 'landmarks + chip at 250x250 under 1.2 ms', value: round(both), ok: both < 1.2 }],
    };
  },
};
