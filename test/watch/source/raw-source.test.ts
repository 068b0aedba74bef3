import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { SourceFrame } from '../../../src/watch/source/frame-source.ts';
import { createRawSource, type RawSourceOptions } from '../../../src/watch/source/raw-source.ts';

async function read(bytes: Uint8Array[], options: RawSourceOptions): Promise<SourceFrame[]> {
  const frames: SourceFrame[] = [];
  for await (const item of createRawSource(Readable.from(bytes), options).open(
    new AbortController().signal,
  )) {
    if (item.type === 'frame') frames.push(item.frame);
  }
  return frames;
}

describe('createRawSource', () => {
  it('cuts frames out of a stream and leaves a torn last one out', async () => {
    const bytes = Buffer.from(Array.from({ length: 16 * 16 * 3 * 2 + 100 }, (_, i) => i % 251));
    const chunks = [bytes.subarray(0, 1000), bytes.subarray(1000, 1001), bytes.subarray(1001)];
    const frames = await read(chunks, { width: 16, height: 16, fps: 10 });
    expect(frames.map(({ timeMs, index }) => [timeMs, index])).toEqual([
      [0, 0],
      [100, 1],
    ]);
    expect(Buffer.from(frames[1]!.image.data)).toEqual(bytes.subarray(768, 1536));
  });

  it('understands blue first and gray', async () => {
    const bgr = Buffer.alloc(16 * 16 * 3);
    for (let i = 0; i < bgr.length; i += 3) bgr.set([1, 2, 3], i);
    const [frame] = await read([bgr], { width: 16, height: 16, pixelFormat: 'bgr24' });
    expect([...frame!.image.data.subarray(0, 6)]).toEqual([3, 2, 1, 3, 2, 1]);
    const [gray] = await read([Buffer.alloc(256, 7)], { width: 16, height: 16, pixelFormat: 'gray' });
    expect(gray?.image).toMatchObject({ channels: 1, width: 16 });
  });

  it('refuses sizes that make no sense', () => {
    expect(() => createRawSource(Readable.from([]), { width: 0, height: 10 })).toThrow(/options.width/);
  });
});
