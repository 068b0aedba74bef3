// Look into the camera: you are Ada. People are enrolled from a photo each; nothing leaves the device.
import { FacePipeline } from 'face-trigger/web';
import { keepGallery, keptRecords, openGallery, readNewFace } from 'face-trigger/web/gallery';
import { watchVideo } from 'face-trigger/web/watch';

const [video, answer] = ['video', 'output'].map((name) => document.querySelector(name));
try {
  const pipeline = await FacePipeline.create({ models: '/models/' });
  const gallery = await openGallery({ embedder: pipeline.profile, from: await keptRecords() });
  for (const name of ['Audrey', 'Franck']) {
    if (await gallery.findPerson(name)) continue;
    const photo = await (await fetch(`/people/${name}.jpg`)).blob();
    await gallery.enroll({ name }, [await readNewFace(pipeline, photo)]);
  }
  await keepGallery(gallery);

  video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480 } });
  await video.play();
  answer.textContent = 'Look into the camera';
  for await (const { faces } of watchVideo(video, { pipeline, gallery })) {
    for (const { decision, isNews } of faces) {
      if (isNews) answer.textContent = decision.label ? `You are ${decision.label}` : 'I do not know you';
    }
  }
} catch (error) {
  answer.textContent = `failed: ${error.message}`;
}
