import { FacePipeline } from '../../src/pipeline/face-pipeline.ts';
import { readVideoFrames } from '../../src/watch/video-frames.ts';

/**
 * A pipeline that knows people from films of them alone.
 *
 * @param people - film of each; none: a pipeline that knows nobody
 */
export async function pipelineKnowing(people: Readonly<Record<string, string>>): Promise<FacePipeline> {
  // As the command line watches.
  const pipeline = await FacePipeline.create({ detection: 'fast' });
  const embeddings: Float32Array[] = [];
  const labels: string[] = [];
  for (const [label, path] of Object.entries(people)) {
    for await (const { image } of readVideoFrames(path, { fps: 0.5, maxFrames: 12 })) {
      const [face] = await pipeline.analyze(image, { identities: false });
      if (!face?.embedding) continue;
      embeddings.push(face.embedding);
      labels.push(label);
    }
  }
  if (labels.length > 0) await pipeline.recognizer.train({ embeddings, labels });
  return pipeline;
}
