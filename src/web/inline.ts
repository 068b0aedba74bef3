// `face-trigger/web/inline`: the pipeline in the thread that calls it, such as that of a service worker.
/// <reference lib="dom" preserve="true" />
/// <reference lib="esnext.disposable" preserve="true" />
export { InlinePipeline, type InlinePipelineOptions } from './inline-pipeline.ts';
export type { OnnxruntimeWeb } from './runtime/web-runtime.ts';
