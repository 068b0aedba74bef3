// Learns people from a folder with a folder of photos for each of them, then names the faces in other photos.
// node examples/recognize-people.mjs PEOPLE_FOLDER PHOTO...
import { FacePipeline, readImage } from 'face-trigger';
import { readPeopleFolder } from 'face-trigger/dataset';

const [folder = 'people', ...party] = process.argv.slice(2);
const pipeline = await FacePipeline.create();

const embeddings = [];
const labels = [];
for (const { label, photos } of await readPeopleFolder(folder)) {
  for (const photo of photos) {
    const [face, another] = await pipeline.analyze(await readImage(photo));
    // A photo of two people does not say which of them it is named after.
    if (!face?.embedding || another) continue;
    embeddings.push(face.embedding);
    labels.push(label);
  }
}
const { kind } = await pipeline.recognizer.train({ embeddings, labels });
console.log(`learned ${new Set(labels).size} people from ${labels.length} photos (${kind})`);

for (const photo of party) {
  for (const { identity } of await pipeline.analyze(await readImage(photo))) {
    const distance = identity?.distance?.toFixed(2);
    console.log(`${photo}: ${identity?.label ?? 'unknown'} (distance to the nearest photo: ${distance})`);
  }
}
await pipeline.dispose();
