import { packError } from '../core/carried-error.ts';
import { searchedFaceSize } from '../core/detect/default-face-size.ts';
import { boxArea } from '../core/geometry/box.ts';
import { eyeCenters, nosePoint } from '../core/landmark/landmarks.ts';
import { hasRelief, headView } from '../core/liveness/head-view.ts';
import { mainFaces } from '../core/pipeline/main-faces.ts';
import { faceQuality } from '../core/quality/face-quality.ts';
import { qualityFacts } from '../gallery/review-face.ts';
import { encodeImage } from '../node/image/encode-image.ts';
import { readImage } from '../node/image/read-image.ts';
import { FacePipeline } from '../pipeline/face-pipeline.ts';
import type { SentPipelineOptions } from '../pipeline/sent-options.ts';
import type { Analysis, AnalysisJob, AnalyzedFace, WorkerMessage } from './analysis-job.ts';
import { pictureInJson } from './picture-in-json.ts';

// A process of the server's pool: it takes one picture at a time, so that the server itself never computes. The first
// message says what to find faces with.
const send = (message: WorkerMessage): void => {
  process.send!(message);
};
process.on('disconnect', () => process.exit());
// Ctrl-C reaches the whole group; the server answers what is under way and ends its pool itself.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.once('message', (options: SentPipelineOptions) => {
  start(options).catch(fail);
});
// A job that comes while the models are loaded waits for them.
let pipeline: Promise<FacePipeline> | null = null;

async function start(options: SentPipelineOptions): Promise<void> {
  pipeline = FacePipeline.create(options);
  process.on('message', (job: AnalysisJob) => {
    analyze(job).then((analysis) => send({ type: 'result', analysis }), fail);
  });
  send({ type: 'ready', embedder: (await pipeline).embedder.profile });
}

async function analyze(job: AnalysisJob): Promise<Analysis> {
  const { jsonField: field, maxBytes } = job;
  const bytes = field === undefined ? job.bytes : pictureInJson(job.bytes, { field, maxBytes });
  const image = await readImage(bytes, { maxBytes: Number.POSITIVE_INFINITY, maxPixels: job.maxPixels });
  const loaded = await pipeline!;
  const started = performance.now();
  const { minFaceSize, minScore } = job;
  const options = { minFaceSize, minScore };
  const found = await loaded.find(image, options);
  const count = mainFaces(found).length;
  const largest = found.toSorted((a, b) => boxArea(b.box) - boxArea(a.box)).slice(0, job.maxFaces);
  const detected = performance.now();
  const aligned = job.embeddings || job.quality || job.thumbnails ? loaded.align(image, largest) : [];
  const embeddings = job.embeddings ? await loaded.embed(aligned) : [];
  const embedded = performance.now();
  const faces: AnalyzedFace[] = [];
  for (const [i, { box, score, landmarks, turn, liveness }] of largest.entries()) {
    const face = aligned[i];
    const embedding = embeddings[i];
    const { left, right } = eyeCenters(landmarks);
    faces.push({
      ...{ box, score },
      landmarks: landmarks.points,
      features: { leftEye: left, rightEye: right, nose: nosePoint(landmarks) },
      ...(hasRelief(landmarks.layout) && { head: headView(landmarks) }),
      ...(turn && { turn }),
      ...(liveness && { liveness }),
      ...(embedding && { embedding: embedding.slice() }),
      ...(face && job.quality && { quality: qualityFacts(faceQuality(face), count, turn) }),
      ...(face && job.thumbnails && { thumbnail: await encodeImage(face.chip, { format: 'jpeg' }) }),
    });
  }
  const { width, height } = image;
  return {
    width,
    height,
    minFaceSize: searchedFaceSize(image, minFaceSize),
    faces,
    detectMs: detected - started,
    embedMs: embedded - detected,
  };
}

function fail(error: unknown): void {
  send({ type: 'failure', error: packError(error) });
}
