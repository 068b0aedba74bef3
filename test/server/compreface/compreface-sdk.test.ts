import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { CompreFace } from '@exadel/compreface-js-sdk';
import { beforeAll, describe, expect, it } from 'vitest';
import { media, startServer, type TestServer } from '../start-server.ts';

// The official SDK, unchanged. It takes a path only when it starts with a dot.
const photo = (name: string) => {
  const path = relative(process.cwd(), media(name));
  return path.startsWith('.') ? path : `./${path}`;
};
const base64 = (name: string) => readFileSync(media(name)).toString('base64');

let test: TestServer;
// biome-ignore lint/suspicious/noExplicitAny: the SDK's own types do not say what it returns
let client: any;
beforeAll(async () => {
  test = await startServer();
  client = new CompreFace('http://127.0.0.1', Number(new URL(test.url).port));
});

describe('the official CompreFace SDK', () => {
  it('adds, lists, renames, merges and deletes subjects', async () => {
    const subjects = () => client.initFaceRecognitionService(test.secrets.admin).getSubjects();
    expect(await subjects().add('Ann')).toEqual({ subject: 'Ann' });
    expect(await subjects().add('Bob')).toEqual({ subject: 'Bob' });
    expect(await subjects().list()).toEqual({ subjects: ['Ann', 'Bob'] });
    expect(await subjects().rename('Ann', 'Anna')).toEqual({ updated: true });
    expect(await subjects().rename('Anna', 'Bob')).toEqual({ updated: true });
    expect(await subjects().list()).toEqual({ subjects: ['Bob'] });
    expect(await subjects().delete('Bob')).toEqual({ subject: 'Bob' });
    await expect(subjects().delete('Bob')).rejects.toMatchObject({ response: { status: 404 } });
    await subjects().add('One');
    await subjects().add('Two');
    expect(await subjects().deleteAll()).toEqual({ deleted: 2 });
  });

  it('enrolls faces, recognizes, verifies and deletes them', async () => {
    const service = () => client.initFaceRecognitionService(test.secrets.admin);
    const faces = () => service().getFaceCollection();
    const added = await faces().add(photo('franck_01829.jpg'), 'Franck', {});
    expect(added).toMatchObject({ subject: 'Franck', image_id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    // With options the SDK writes a second question mark into the address.
    const other = await faces().add(photo('audrey.jpg'), 'Audrey', { det_prob_threshold: 0.5 });
    expect(other.subject).toBe('Audrey');
    expect(await faces().list()).toMatchObject({
      faces: [{ subject: 'Franck' }, { subject: 'Audrey' }],
      page_number: 0,
      page_size: 20,
      total_pages: 1,
      total_elements: 2,
    });

    const options = {
      limit: 1,
      prediction_count: 2,
      det_prob_threshold: 0.5,
      face_plugins: 'landmarks,calculator',
      status: true,
    };
    for (const image of [photo('franck_04035.jpg'), base64('franck_04035.jpg')]) {
      const { result, plugins_versions } = await service().recognize(image, options);
      expect(result).toHaveLength(1);
      const [{ box, subjects, landmarks, embedding, execution_time }] = result;
      expect(subjects.map((item: { subject: string }) => item.subject)).toEqual(['Franck', 'Audrey']);
      expect(subjects[0].similarity).toBeGreaterThan(0.9);
      expect(subjects[1].similarity).toBeLessThan(0.5);
      expect(box.x_max).toBeGreaterThan(box.x_min);
      expect(box.probability).toBeGreaterThan(0.5);
      expect(landmarks).toHaveLength(3);
      expect(embedding).toHaveLength(128);
      expect(execution_time.detector).toBeGreaterThan(0);
      expect(plugins_versions.calculator).toContain('face-trigger');
    }

    const verified = await faces().verify(photo('franck_04035.jpg'), added.image_id, {});
    expect(verified.result[0].similarity).toBeGreaterThan(0.9);
    expect(await faces().delete(added.image_id)).toEqual({ image_id: added.image_id, subject: 'Franck' });
    expect(await faces().delete_multiple_images([other.image_id])).toEqual([
      { image_id: other.image_id, subject: 'Audrey' },
    ]);
    await faces().add(photo('audrey.jpg'), 'Audrey', {});
    expect(await faces().delete_all_subject('Audrey')).toEqual({ deleted: 1 });
    expect(await faces().delete_all_subject('Audrey')).toEqual({ deleted: 0 });
    expect(await faces().delete_all()).toEqual({ deleted: 0 });
  });

  it('detects faces and compares two photos', async () => {
    const detection = client.initFaceDetectionService(test.secrets.recognize);
    const { result } = await detection.detect(photo('audrey.jpg'), { limit: 0, face_plugins: 'landmarks' });
    expect(result).toHaveLength(1);
    const verification = client.initFaceVerificationService(test.secrets.recognize);
    const compare = async (a: string, b: string) =>
      (await verification.verify(a, b, { limit: 0, status: true })).result[0];
    const same = await compare(photo('franck_01829.jpg'), photo('franck_04035.jpg'));
    expect(same.face_matches[0].similarity).toBeGreaterThan(0.9);
    expect(same.source_image_face.box).toHaveProperty('x_min');
    const different = await compare(photo('franck_01829.jpg'), photo('audrey.jpg'));
    expect(different.face_matches[0].similarity).toBeLessThan(0.5);
  });

  it('gets the refusals that it knows', async () => {
    const service = client.initFaceRecognitionService(test.secrets.recognize);
    await expect(service.recognize(photo('icon_angry.png'), {})).rejects.toMatchObject({
      response: { status: 400, data: { code: 28, message: 'No face is found in the given image' } },
    });
    const stranger = client.initFaceRecognitionService('wrong');
    await expect(stranger.recognize(photo('audrey.jpg'), {})).rejects.toMatchObject({
      response: { status: 401 },
    });
  });
});
