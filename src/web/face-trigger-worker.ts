// The worker that a page's pipeline runs in. It is bundled into one file, which `face-trigger models web` writes beside
// the models, with onnxruntime-web's own files.
import * as z from 'zod/mini';
import { packError } from '../core/carried-error.ts';
import { FaceTriggerError } from '../core/errors.ts';
import type { ModelProgress } from './fetch-source.ts';
import { type Calls, type CreateCall, PROTOCOL, type Request, type Response } from './messages.ts';
import { OpenedPipeline } from './opened-pipeline.ts';

// zod would try whether it may make code of text, which strict security policies forbid and report.
z.config({ jitless: true });

let pipeline: OpenedPipeline | null = null;
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
  if (pipeline === null) throw new FaceTriggerError('ERR_DISPOSED', 'The pipeline is not open');
  return pipeline.answer(request.call, request.given);
}

async function create(
  { protocol, ...call }: CreateCall,
  onProgress: (progress: ModelProgress) => void,
): Promise<Calls['create']['answer']> {
  if (protocol !== PROTOCOL) {
    const message = `The files in ${call.models} are of another version of face-trigger: write them anew with "face-trigger models web"`;
    throw new FaceTriggerError('ERR_MODEL_MISMATCH', message);
  }
  pipeline = await OpenedPipeline.open(call, { onProgress });
  return pipeline.facts;
}
