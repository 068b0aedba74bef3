import { parentPort, workerData } from 'node:worker_threads';
import { serveThread } from '../node/runtime/serve-thread.ts';
import { FacePipeline, type FacePipelineOptions } from '../pipeline/face-pipeline.ts';
import type { AnalyzerAnswer, AnalyzerCall, NetworkFacts } from './analyzer-call.ts';
import { createFaceAnalyzer } from './create-face-analyzer.ts';

// The networks that cameras share, in a thread of their own; SharedNetworks talks to it.
serveThread<FacePipeline, AnalyzerCall, AnalyzerAnswer, NetworkFacts>(parentPort!, {
  open: FacePipeline.create(workerData as FacePipelineOptions),
  async answer(pipeline, call) {
    const analyzer = createFaceAnalyzer(pipeline);
    switch (call.step) {
      case 'detect':
        return analyzer.detect(call.image, call.options);
      case 'align':
        return analyzer.align(call.image, call.detection);
      case 'liveness':
        return (await analyzer.checkLiveness?.(call.image, call.detection)) ?? null;
      case 'embed':
        return analyzer.embed(call.faces);
    }
  },
  facts(pipeline) {
    const { id, sha256 } = pipeline.embedder.profile;
    return { embedder: { id, sha256 }, livenessThreshold: pipeline.finder.liveness?.threshold ?? null };
  },
});
