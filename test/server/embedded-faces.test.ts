import { describe, expect, it } from 'vitest';
import { json, startServer } from './start-server.ts';

/** An embedding of the gallery's length that is nobody's. */
const embedding = (dimension: number, seed: number) =>
  Array.from({ length: dimension }, (_, i) => Math.sin((i + 1) * seed) / Math.sqrt(dimension / 2));

describe('faces that were embedded elsewhere', () => {
  it('are enrolled, found and exported, by an admin key alone', async () => {
    const test = await startServer();
    const { id, sha256, dimension } = test.gallery.embedder;
    const ada = embedding(dimension, 1.7);
    const face = {
      name: 'Ada',
      embedding: ada,
      embedder: { id, sha256 },
      quality: { faceCount: 1, sharpness: 200, brightness: 120, eyeDistance: 80 },
      source: 'webcam',
    };
    const enroll = (body: object, key = test.secrets.admin) =>
      test.request('/faces/embedded', {
        method: 'POST',
        ...json(body),
        headers: { 'content-type': 'application/json', 'x-api-key': key },
      });
    expect((await enroll(face, test.secrets.recognize)).status).toBe(403);
    const added = await enroll(face);
    expect(added.status).toBe(201);
    expect(await added.json()).toMatchObject({ created: true, person: { name: 'Ada' }, alreadyThere: false });
    expect((await enroll(face)).status).toBe(200);

    const found = await test.request('/search', { method: 'POST', ...json({ embedding: ada }) });
    expect(await found.json()).toMatchObject({ candidates: [{ person: { name: 'Ada' } }] });

    const refusals = [
      [{ ...face, embedder: { id, sha256: '0'.repeat(64) } }, 'ERR_MODEL_MISMATCH'],
      [{ ...face, embedding: ada.slice(1) }, 'ERR_SHAPE_MISMATCH'],
      [{ ...face, quality: { ...face.quality, faceCount: 2 } }, 'ERR_UNSUITABLE_FACE'],
    ] as const;
    for (const [body, code] of refusals) {
      const refused = await enroll(body);
      expect(((await refused.json()) as { error: { code: string } }).error.code).toBe(code);
    }

    const forbidden = await test.request('/export', { headers: { 'x-api-key': test.secrets.read } });
    expect(forbidden.status).toBe(403);
    const exported = await test.request('/export');
    expect(exported.headers.get('content-type')).toContain('application/x-ndjson');
    const records = (await exported.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(records.map(({ type }) => type)).toEqual(['gallery', 'person', 'face']);
    expect(records[2]).toMatchObject({ source: 'webcam', thumbnail: null });
  });
});
