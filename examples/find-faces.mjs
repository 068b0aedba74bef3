// Finds the faces in photos and saves a copy of each photo with a box around every face.
// node examples/find-faces.mjs PHOTO...
import { basename } from 'node:path';
import { annotateImage, FaceFinder, readImage, writeImage } from 'face-trigger';

const finder = await FaceFinder.create();
for (const path of process.argv.slice(2)) {
  const image = await readImage(path);
  const faces = await finder.find(image);
  for (const { box, score } of faces) {
    console.log(
      `${path}: ${box.width} x ${box.height} at ${box.left}, ${box.top}, score ${score.toFixed(2)}`,
    );
  }
  if (faces.length === 0) console.log(`${path}: no face`);
  const marks = faces.map(({ box, landmarks }) => ({ box, landmarks: landmarks.points }));
  await writeImage(`faces-${basename(path)}`, await annotateImage(image, marks));
}
await finder.dispose();
