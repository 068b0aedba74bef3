import { join } from 'node:path';
import { expect, it } from 'vitest';
import { migrateGallery } from '../../src/gallery/migrate/migrate-gallery.ts';
import { startServer } from './start-server.ts';

it('is not ready any more when its gallery was given other models, and says so', async () => {
  const test = await startServer();
  const ready = async () => {
    const response = await test.request('/ready');
    return { status: response.status, body: (await response.json()) as { status: string; reason?: string } };
  };
  expect(await ready()).toEqual({ status: 200, body: { status: 'ready' } });
  const { switched } = await migrateGallery(join(test.folder, 'gallery.db'), {
    ...{ models: 'dlib', precision: 'int8', backup: null },
  });
  expect(switched).toBe(true);
  const { status, body } = await ready();
  expect(status).toBe(503);
  expect(body).toMatchObject({ status: 'unavailable', reason: expect.stringContaining('other models') });
  expect(body.reason).not.toContain(test.folder);
  expect(test.log.join('')).toContain('ERR_MODEL_MISMATCH');
}, 240_000);
