import { readFrame } from './frame.js';

export async function start({ threads }) {
  const { FacePipeline } = await import('/face-trigger/web/index.js');
  const pipeline = await FacePipeline.create({ models: '/models/', threads });
  const frame = await readFrame();
  const plain = { quality: 'fast' };
  const [face] = await pipeline.find(frame);
  const analyze = async (options) => (await pipeline.analyze(frame, options)).length;
  // One face that is found already: its landmarks, chip and embedding.
  const embed = async (options) => (await pipeline.describe(frame, [face], options)).length;
  return {
    ready: { threads: pipeline.threads },
    tasks: {
      chain: () => analyze(),
      'chain-plain': () => analyze(plain),
      find: async () => (await pipeline.find(frame)).length,
      embed: () => embed(),
      'embed-plain': () => embed(plain),
    },
  };
}
