import { mainFaces } from '../../../../src/core/pipeline/main-faces.ts';
import { qualityFacts, type ReviewLevel, reviewFace } from '../../../../src/gallery/review-face.ts';
import type { FacePipeline } from '../../../../src/web/index.ts';
import type { Reviewed } from './hint-for.ts';

/** Says of a frame what the server's /review would, without sending it. */
export async function reviewHere(pipeline: FacePipeline, frame: Blob, level: ReviewLevel): Promise<Reviewed> {
  const bitmap = await createImageBitmap(frame);
  try {
    const { width, height } = bitmap;
    const faces = await pipeline.find(bitmap, { judge: true });
    const [largest] = [...faces].sort((a, b) => b.box.width - a.box.width);
    if (largest === undefined) {
      const reasons = [{ code: 'no-face', message: 'the photo shows no face' }];
      return { width, height, accepted: false, reasons, faces };
    }
    const facts = qualityFacts(largest.quality!, mainFaces(faces).length, largest.turn);
    return { width, height, ...reviewFace(facts, level), faces };
  } finally {
    bitmap.close();
  }
}
