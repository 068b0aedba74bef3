import { parentPort, workerData } from 'node:worker_threads';
import { extractFaceChip } from '../align/face-chip.ts';
import { FaceTriggerError } from '../errors.ts';
import { qualityFacts } from '../gallery/review-face.ts';
import { boxArea } from '../geometry/box.ts';
import { encodeImage } from '../image/encode-image.ts';
import { readImage } from '../image/read-image.ts';
import { faceQuality } from '../quality/face-quality.ts';
import { FacePipeline, type FacePipelineOptions } from '../recognizer/face-pipeline.ts';
import type { Analysis, AnalysisJob, AnalyzedFace, WorkerMessage } from './analysis-job.ts';

// A thread of the server's pool: it takes one picture at a time, so that the server's own thread never computes.
const port = parentPort!;
const send = (message: WorkerMessage): void => port.postMessage(message);

try {
  const pipeline = await FacePipeline.create(workerData as FacePipelineOptions);
  const { id, sha256, dimension } = pipeline.recognizer.embedder;
  port.on('message', (job: AnalysisJob) => {
    analyze(pipeline, job).then((analysis) => send({ type: 'result', analysis }), fail);
  });
  send({ type: 'ready', embedder: { id, sha256, dimension } });
} catch (error) {
  fail(error);
}

async function analyze(pipeline: FacePipeline, job: AnalysisJob): Promise<Analysis> {
  const image = await readImage(job.bytes, { maxBytes: Number.POSITIVE_INFINITY, maxPixels: job.maxPixels });
  const started = performance.now();
  const { minFaceSize, minScore } = job;
  const options = { minFaceSize, minScore, identities: false };
  const found = await pipeline.analyze(image, { ...options, embeddings: false });
  const count = found.length;
  const largest = found.toSorted((a, b) => boxArea(b.box) - boxArea(a.box)).slice(0, job.maxFaces);
  const detected = performance.now();
  const described = job.embeddings ? await pipeline.describe(image, largest, options) : largest;
  const embedded = performance.now();
  const faces: AnalyzedFace[] = [];
  for (const face of described) {
    const chip = job.quality || job.thumbnails ? extractFaceChip(image, face.landmarks) : null;
    faces.push({
      box: face.box,
      score: face.score,
      landmarks: face.landmarks,
      ...(face.embedding && { embedding: face.embedding.slice() }),
      ...(chip && job.quality && { quality: qualityFacts(faceQuality(chip, face.landmarks), count) }),
      ...(chip && job.thumbnails && { thumbnail: await encodeImage(chip, { format: 'jpeg' }) }),
    });
  }
  const { width, height } = image;
  return { width, height, faces, detectMs: detected - started, embedMs: embedded - detected };
}

function fail(error: unknown): void {
  const code = error instanceof FaceTriggerError ? error.code : null;
  send({ type: 'failure', code, message: error instanceof Error ? error.message : String(error) });
}
