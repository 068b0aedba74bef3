// What tests find in the browser as `lab`: `face-trigger/web`, and the runtime by itself, without a worker.
import { packError } from '../../../src/core/carried-error.ts';
import type { Runtime, RuntimeSession, TensorValue } from '../../../src/core/runtime/runtime.ts';
import * as gallery from '../../../src/web/gallery.ts';
import * as web from '../../../src/web/index.ts';
import * as inline from '../../../src/web/inline.ts';
import { createWebRuntime, type OnnxruntimeWeb } from '../../../src/web/runtime/web-runtime.ts';
import * as watch from '../../../src/web/watch.ts';

const sessions = new Map<number, RuntimeSession>();
let next = 0;
let runtime: Promise<Runtime> | undefined;

async function openRuntime(): Promise<Runtime> {
  const address = (file: string) => new URL(`/models/${file}`, location.href).href;
  const onnxruntime = (await import(/* @vite-ignore */ address('ort.wasm.min.mjs'))) as OnnxruntimeWeb;
  return createWebRuntime(onnxruntime, {
    wasm: address('ort-wasm-simd-threaded.wasm'),
    mjs: address('ort-wasm-simd-threaded.mjs'),
  });
}

/** A session as it is known outside of the browser. */
async function createSession(model: Uint8Array, options: { readonly threads?: number | undefined }) {
  runtime ??= openRuntime();
  const session = await (await runtime).createSession(model, options);
  const id = next++;
  sessions.set(id, session);
  return { id, inputNames: [...session.inputNames], outputNames: [...session.outputNames] };
}

async function run(
  id: number,
  feeds: Readonly<Record<string, TensorValue>>,
  outputs: readonly string[] | undefined,
) {
  return sessions.get(id)!.run(feeds, outputs);
}

async function dispose(id: number) {
  await sessions.get(id)!.dispose();
}

/** Errors leave the browser as plain values. */
async function settled<T>(work: Promise<T>) {
  return work.then(
    (answer) => ({ answer }),
    (error: unknown) => ({ failed: packError(error) }),
  );
}

const lab = { web, gallery, inline, watch, createSession, run, dispose, settled };
Object.assign(globalThis, { lab });

/** What `globalThis` has in the page. */
export type Lab = typeof lab;
