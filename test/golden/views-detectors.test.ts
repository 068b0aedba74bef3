import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { convertTflite } from '../../src/convert/tflite/convert-tflite.ts';
import type { Detection, FaceDetector } from '../../src/core/detect/face-detector.ts';
import { openDetectorPart } from '../../src/models/adapters.ts';
import type { DetectorPart } from '../../src/models/model-pack.ts';
import { readImage } from '../../src/node/image/read-image.ts';
import { NODE_RUNTIME } from '../../src/node/runtime/session.ts';
import { describeDetector } from '../conformance/describe-detector.ts';
import { twoPeople } from '../conformance/two-people.ts';
import { describeWithSharedData } from '../shared-data.ts';
import { readJsonLines } from './native-dlib.ts';

/** What an independent implementation of each family answers: corners of boxes, points in the model's order. */
interface GoldenPhoto {
  readonly image: string;
  readonly width: number;
  readonly height: number;
  readonly faces: readonly {
    readonly box: readonly [number, number, number, number];
    readonly score: number;
    readonly points?: readonly (readonly [number, number])[];
  }[];
}

const MODELS = fileURLToPath(new URL('../../../shared/models', import.meta.url));

/** A development dependency. */
const MEDIAPIPE = fileURLToPath(new URL('../../node_modules/@mediapipe/face_detection', import.meta.url));

/** Families by the name of their adapter, with a file of each and how far apart answers may be, in pixels. */
const FAMILIES = [
  { adapter: 'scrfd', file: 'scrfd_500m_kps.onnx', golden: 'scrfd_500m_640', faces: 117, within: 0.05 },
  { adapter: 'yunet', file: 'yunet_s_dynamic.onnx', golden: 'yunet_2023mar', faces: 121, within: 0.01 },
  { adapter: 'yunet', file: 'yunet_n_dynamic.onnx', golden: 'yunet_n', faces: 125, within: 0.01 },
  {
    adapter: 'retinaface',
    file: 'retinaface_mnet025.onnx',
    golden: 'retinaface_mnet025',
    faces: 138,
    within: 0.01,
  },
  {
    adapter: 'ultraface',
    file: 'ultraface_rfb_320.onnx',
    golden: 'ultraface_rfb_320',
    faces: 116,
    within: 0.1,
  },
  {
    adapter: 'mediapipe',
    file: 'face_detection_full_range.tflite',
    golden: 'mediapipe_full_192',
    faces: 110,
    within: 0.1,
  },
];

for (const { adapter, file, golden, faces, within } of FAMILIES) {
  const path = file.endsWith('.tflite') ? `${MEDIAPIPE}/${file}` : `${MODELS}/${file}`;
  const needs = ['group', 'lfw-dev', `golden/packs/${golden}.jsonl`];
  // A file that is not there counts as missing data.
  const title = `${adapter} (${file}), against an independent implementation`;
  describeWithSharedData(title, existsSync(path) ? needs : [...needs, `../models/${file}`], (...paths) => {
    let detector: FaceDetector;
    beforeAll(async () => {
      detector = await openFile(adapter, path);
    });
    afterAll(() => detector.dispose());

    describeDetector(file, {
      open: () => openFile(adapter, path),
      picture: twoPeople,
      sizes: [50, 100],
    });

    it(`finds the same faces, boxes and points within ${within} pixels, scores within 0.002`, async () => {
      const photos = readJsonLines<GoldenPhoto>(paths[2]!);
      let count = 0;
      for (const photo of photos) {
        const image = await readImage(`${paths[0]!.replace(/group$/, '')}${photo.image}`);
        expect([image.width, image.height]).toEqual([photo.width, photo.height]);
        const found = await detector.detect(image);
        expect(found, photo.image).toHaveLength(photo.faces.length);
        const rest = [...found];
        for (const face of photo.faces) {
          const nearest = rest.sort((a, b) => apart(a, face.box) - apart(b, face.box)).shift()!;
          expect(apart(nearest, face.box), photo.image).toBeLessThan(within);
          expect(Math.abs(nearest.score - face.score), photo.image).toBeLessThan(0.002);
          expect(nearest.landmarks?.points.length, photo.image).toBe(face.points?.length);
          face.points?.forEach(([x, y], i) => {
            const [ownX, ownY] = nearest.landmarks!.points[i]!;
            expect(Math.max(Math.abs(ownX - x), Math.abs(ownY - y)), photo.image).toBeLessThan(within);
          });
          count += 1;
        }
      }
      expect(count).toBe(faces);
    });

    it('finds the clear ones of larger faces among smaller ones too', async () => {
      for (const name of ['2007_007763.jpg', 'bald_guys.jpg', 'dogs.jpg']) {
        const image = await readImage(`${paths[0]}/${name}`);
        let smaller = await detector.detect(image, { minFaceSize: 24 });
        for (const minFaceSize of [40, 80, 160]) {
          const larger = await detector.detect(image, { minFaceSize });
          for (const { box } of larger)
            expect(Math.sqrt(box.width * box.height)).toBeGreaterThanOrEqual(minFaceSize);
          // What scores little may be seen at one scale and not at another.
          const clear = larger.filter(({ score }) => score >= detector.profile.clearScore);
          const lost = clear.filter((face) => !smaller.some((other) => isSame(face, other)));
          expect(lost, `${name} from ${minFaceSize}`).toEqual([]);
          smaller = larger;
        }
      }
    });
  });
}

async function openFile(adapter: string, path: string): Promise<FaceDetector> {
  const part = { kind: 'detector', id: 'golden', adapter } as DetectorPart;
  const file = new Uint8Array(readFileSync(path));
  const bytes = path.endsWith('.tflite') ? convertTflite(file) : file;
  return openDetectorPart(
    { part, bytes, readAgain: async () => bytes },
    { runtime: NODE_RUNTIME, threads: 1 },
  );
}

function apart(
  { box }: Detection,
  [left, top, right, bottom]: readonly [number, number, number, number],
): number {
  const own = [box.left, box.top, box.left + box.width, box.top + box.height];
  return Math.max(...[left, top, right, bottom].map((edge, i) => Math.abs(edge - own[i]!)));
}

/** Whether the middle of a face lies in another that is about as large. */
function isSame({ box: a }: Detection, { box: b }: Detection): boolean {
  const [x, y] = [a.left + a.width / 2, a.top + a.height / 2];
  const ratio = Math.sqrt((a.width * a.height) / (b.width * b.height));
  const isInside = x > b.left && x < b.left + b.width && y > b.top && y < b.top + b.height;
  return isInside && ratio > 0.6 && ratio < 1.7;
}
