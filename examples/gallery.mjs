// Keeps people in a file, finds the most similar of them, and deletes one for good.
// node examples/gallery.mjs GALLERY add NAME PHOTO | search PHOTO | delete NAME
import { FacePipeline, readImage } from 'face-trigger';
import { openGallery, readNewFace } from 'face-trigger/gallery';

const [file = 'gallery.db', command, ...words] = process.argv.slice(2);
const pipeline = await FacePipeline.create();
const gallery = await openGallery(file, { embedder: pipeline.embedder.profile });
const [name = '', photo = name] = words;

if (command === 'add') {
  const { newFace } = await readNewFace(pipeline, await readImage(photo), { source: photo });
  const { person } = await gallery.enroll({ name }, [newFace]);
  console.log(`${person.name}: ${person.faces} in the gallery`);
} else if (command === 'search') {
  const { newFace } = await readNewFace(pipeline, await readImage(photo));
  for (const { person, distance, probability } of await gallery.search(newFace.embedding, { limit: 3 })) {
    console.log(`${person.name}: distance ${distance.toFixed(3)}, probability ${probability.toFixed(2)}`);
  }
} else if (command === 'delete') {
  const person = await gallery.findPerson(name);
  if (person === null) throw new Error(`The gallery has nobody called ${name}`);
  console.log(`${name}: ${await gallery.deletePerson(person.id)} deleted`);
}
await gallery.dispose();
await pipeline.dispose();
