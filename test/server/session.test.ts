import { describe, expect, it } from 'vitest';
import { startServer } from './start-server.ts';

describe('/session', () => {
  it.each([
    ['dlib', 'euclidean', 1.2],
    ['mobilefacenet', 'cosine', 1.4],
  ])('tells the metric of a gallery of %s and where its charts end', async (models, metric, range) => {
    const test = await startServer({}, { models });
    const session = await (await test.request('/session')).json();
    expect(session).toMatchObject({ metric, range, maxDistance: test.gallery.thresholds.identify });
  });
});
