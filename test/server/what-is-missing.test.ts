import { readdirSync, readFileSync } from 'node:fs';
import sharp from 'sharp';
import { describe, expect, it, onTestFinished } from 'vitest';
import { media, startServer } from './start-server.ts';

/** Processes that this one has started, by what /proc says. */
function ownProcesses(): readonly number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const [, parent] = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]!.split(' ');
      const isPicture = readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('image-worker');
      return Number(parent) === process.pid && isPicture ? [Number(name)] : [];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
}

describe.skipIf(process.platform !== 'linux')('a server', () => {
  it('says that its queue is full, and that its models have been loading for long', async () => {
    const test = await startServer({ pool: { maxQueue: 0 } });
    const ready = async () => (await test.request('/ready')).json();
    const ownMetric = async (name: string) =>
      new RegExp(`face_trigger_${name} (\\d+)`).exec(await (await test.request('/metrics')).text())![1];
    expect(await ready()).toEqual({ status: 'ready' });
    expect(await ownMetric('workers_ready')).toBe('1');

    const large = await sharp(readFileSync(media('audrey.jpg')))
      .resize(3500, 3500, { fit: 'fill' })
      .jpeg()
      .toBuffer();
    const form = new FormData();
    form.append('image', new Blob([Uint8Array.from(large)]));
    const work = test.request('/detect', { method: 'POST', body: form });
    await expect.poll(() => ownMetric('queue_running'), { timeout: 60_000, interval: 20 }).toBe('1');
    expect(await ready()).toEqual({
      status: 'busy',
      reason: 'The queue for pictures is full',
      missing: ['queue'],
    });
    // Stopped as soon as it has begun, the next process never has its models.
    const [first] = ownProcesses();
    process.kill(first!, 'SIGKILL');
    expect((await work).status).toBe(500);
    let next: number | undefined;
    await expect
      .poll(() => (next = ownProcesses().find((pid) => pid !== first)), { interval: 5, timeout: 20_000 })
      .toBeDefined();
    process.kill(next!, 'SIGSTOP');
    onTestFinished(() => void process.kill(next!, 'SIGCONT'));
    expect(await ownMetric('workers_ready')).toBe('0');
    await expect.poll(ready, { timeout: 20_000, interval: 200 }).toMatchObject({
      status: 'unavailable',
      reason: expect.stringMatching(/^The models have been loading for \d+ s$/),
      missing: ['models'],
    });
    process.kill(next!, 'SIGCONT');
    await expect.poll(ready, { timeout: 60_000 }).toEqual({ status: 'ready' });
  }, 240_000);
});
