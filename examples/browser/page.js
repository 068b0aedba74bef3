// Finds the faces of a picture in the page itself. Bundlers need no setting for it: see README.md beside this file.
import { FacePipeline } from 'face-trigger/web';

const answer = document.querySelector('output');
try {
  const pipeline = await FacePipeline.create({
    models: '/models/',
    onProgress({ file, loaded, total }) {
      answer.textContent = `${file}: ${Math.round((100 * loaded) / total)} %`;
    },
  });
  const photo = await (await fetch('/photo.jpg')).blob();
  const faces = await pipeline.analyze(photo);
  const places = faces.map(({ box: { left, top, width, height } }) => [left, top, width, height].join(' '));
  answer.textContent = `found ${faces.length}: ${places.join(', ')}`;
} catch (error) {
  answer.textContent = `failed: ${error.message}`;
}
