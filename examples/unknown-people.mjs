// Tells people apart whom nobody has named: each face is a stranger seen before, or a new one.
// node examples/unknown-people.mjs PHOTO...
import { FacePipeline, readImage } from 'face-trigger';
import { identifyInGallery, openGallery } from 'face-trigger/gallery';

const pipeline = await FacePipeline.create();
// A gallery in memory is gone when the program ends, so nobody's face is kept.
const gallery = await openGallery('memory:', { embedder: pipeline.embedder.profile });

let strangers = 0;
for (const photo of process.argv.slice(2)) {
  for (const { embedding } of await pipeline.analyze(await readImage(photo))) {
    if (!embedding) continue;
    let { label } = await identifyInGallery(gallery, embedding);
    if (label === null) {
      strangers += 1;
      label = `stranger ${strangers}`;
    }
    console.log(`${photo}: ${label}`);
    await gallery.enroll({ name: label }, [{ embedding }], { review: 'off' });
  }
}
console.log(`${strangers} people`);
await gallery.dispose();
await pipeline.dispose();
