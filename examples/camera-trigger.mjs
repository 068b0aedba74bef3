// Watches a film, camera or stream and does what a triggers file says when somebody appears.
// node examples/camera-trigger.mjs SOURCE MODEL_FOLDER TRIGGERS_FILE
import { FacePipeline } from 'face-trigger';
import { createFaceAnalyzer, openTriggers, watch } from 'face-trigger/watch';

const [source = 'camera:0', modelFolder = 'model', triggersFile = 'triggers.yaml'] = process.argv.slice(2);
const pipeline = await FacePipeline.create({ modelFolder, detection: 'fast' });
const triggers = await openTriggers(triggersFile);

// Ctrl-C ends the watch in order: events that were accepted are kept and sent.
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());

for await (const event of watch(source, { analyzer: createFaceAnalyzer(pipeline), signal: stop.signal })) {
  await triggers.handle(event);
  if ('label' in event) console.log(event.type, event.label ?? event.stranger ?? 'not decided yet');
}
await triggers.close();
await pipeline.dispose();
