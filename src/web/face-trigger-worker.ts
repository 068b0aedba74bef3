// The worker that a page's pipeline runs in. It is bundled into one file, which `face-trigger models web` writes beside
// the models, with onnxruntime-web's own files.
import { z } from 'zod';
import { packError } from '../core/carried-error.ts';
import { FaceTriggerError } from '../core/errors.ts';
import type { FacePipeline } from '../core/pipeline/face-pipeline.ts';
import { ledgerEntries } from '../models/licence-ledger.ts';
import { fetchSource, type ModelProgress } from './fetch-source.ts';
import { type Calls, type CreateCall, PROTOCOL, type Request, type Response } from './messages.ts';
import { openPipeline } from './open-pipeline.ts';
import { PixelReader } from './picture.ts';
import { createWebRuntime, type OnnxruntimeWeb, usableThreads } from './runtime/web-runtime.ts';

// zod would try whether it may make code of text, which strict security policies forbid and report.
z.config({ jitless: true });

const reader = new PixelReader();
let pipeline: FacePipeline | null = null;
// One call at a time, in the order that they came: WebAssembly computes in this thread.
let last: Promise<void> = Promise.resolve();

addEventListener('message', ({ data }: MessageEvent<Request>) => {
  last = last.then(() => serve(data));
});

async function serve(request: Request): Promise<void> {
  const { id } = request;
  try {
    answer({ id, answer: await answerTo(request) });
  } catch (error) {
    answer({ id, error: packError(error) });
  }
}

function answer(response: Response): void {
  postMessage(response);
}

async function answerTo(request: Request): Promise<Calls[keyof Calls]['answer']> {
  if (request.call === 'create') {
    return create(request.given, (progress) => answer({ id: request.id, progress }));
  }
  const opened = pipeline;
  if (opened === null) throw new FaceTriggerError('ERR_DISPOSED', 'The pipeline is not open');
  const { given } = request;
  const image = reader.read(given.picture);
  if (request.call === 'describe') return opened.describe(image, request.given.detections, given.options);
  return request.call === 'find' ? opened.find(image, given.options) : opened.analyze(image, given.options);
}

async function create(
  { protocol, models, keep, threads = usableThreads(), options }: CreateCall,
  onProgress: (progress: ModelProgress) => void,
): Promise<Calls['create']['answer']> {
  if (protocol !== PROTOCOL) {
    const message = `The files in ${models} are of another version of face-trigger: write them anew with "face-trigger models web"`;
    throw new FaceTriggerError('ERR_MODEL_MISMATCH', message);
  }
  const address = (file: string) => new URL(file, models).href;
  const source = fetchSource(models, { onProgress, keep });
  const onnxruntime = (await import(/* @vite-ignore */ address('ort.wasm.min.mjs'))) as OnnxruntimeWeb;
  const runtime = createWebRuntime(onnxruntime, {
    wasm: address('ort-wasm-simd-threaded.wasm'),
    mjs: address('ort-wasm-simd-threaded.mjs'),
    threads,
  });
  const opened = await openPipeline(source, runtime, options);
  pipeline = opened;
  const { parts } = await source.readPack();
  return { profile: opened.embedder.profile, ledger: parts.flatMap(ledgerEntries), threads };
}
