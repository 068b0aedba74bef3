import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, it, onTestFinished } from 'vitest';
import { media } from '../cli/run-cli.ts';
import { builtModel } from '../convert/dlib-files.ts';
import { startServer } from './start-server.ts';

function form(bytes: Uint8Array): FormData {
  const data = new FormData();
  data.append('image', new Blob([Uint8Array.from(bytes)]));
  return data;
}

it('is not ready while its processes cannot load their models, says why, and recovers', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'face-trigger-lost-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const detectorModelPath = join(folder, 'detector.onnx');
  await copyFile(builtModel('face-detector.onnx'), detectorModelPath);
  const test = await startServer({ pool: { pipeline: { detectorModelPath } } });
  const ready = async () => {
    const response = await test.request('/ready');
    return { status: response.status, body: (await response.json()) as { status: string; reason?: string } };
  };
  expect(await ready()).toEqual({ status: 200, body: { status: 'ready' } });

  renameSync(detectorModelPath, `${detectorModelPath}.gone`);
  const photo = readFileSync(media('audrey.jpg'));
  const large = await sharp(photo).resize(3500, 3500, { fit: 'fill' }).jpeg().toBuffer();
  const controller = new AbortController();
  const work = test.request('/detect', { method: 'POST', body: form(large), signal: controller.signal });
  const running = async () => /queue_running (\d+)/.exec(await (await test.request('/metrics')).text())![1];
  await expect.poll(running, { timeout: 60_000, interval: 20 }).toBe('1');
  controller.abort();
  await expect(work).rejects.toThrow();
  await expect.poll(async () => (await ready()).status, { timeout: 60_000 }).toBe(503);
  const { body } = await ready();
  expect(body).toMatchObject({
    status: 'unavailable',
    reason: expect.stringContaining('ERR_MODEL_NOT_FOUND'),
  });
  expect(body.reason).not.toContain(folder);
  const refused = await test.request('/detect', { method: 'POST', body: form(photo) });
  expect(refused.status).toBe(503);
  expect(await refused.json()).toMatchObject({ error: { code: 'ERR_UNAVAILABLE' } });
  expect(test.log.join('')).toContain('no process for pictures could be started');

  renameSync(`${detectorModelPath}.gone`, detectorModelPath);
  await expect.poll(ready, { timeout: 90_000 }).toEqual({ status: 200, body: { status: 'ready' } });
  expect((await test.request('/detect', { method: 'POST', body: form(photo) })).status).toBe(200);
}, 240_000);
