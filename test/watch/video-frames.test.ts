import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readVideoFrames, type VideoFrame, type VideoFramesOptions } from '../../src/watch/video-frames.ts';
import { describeWithProgram, ffmpeg, media, temporaryFolder } from './ffmpeg-tools.ts';

async function collect(path: string, options?: VideoFramesOptions): Promise<VideoFrame[]> {
  const frames: VideoFrame[] = [];
  for await (const frame of readVideoFrames(path, options)) frames.push(frame);
  return frames;
}

describeWithProgram('ffmpeg', 'readVideoFrames', () => {
  const folder = temporaryFolder();

  it('hands out every frame of a real video in order, at its own rate', async () => {
    let count = 0;
    for await (const frame of readVideoFrames(media('cap13_edit2.mp4'))) {
      expect(frame.index).toBe(count);
      expect(frame.timeMs).toBe(count * 40);
      expect(frame.image).toMatchObject({ width: 400, height: 300, channels: 3 });
      count++;
    }
    // ffprobe 5.1 counts 765 frames in it.
    expect(count).toBe(765);
  });

  it('resamples, scales down and stops where it is asked to', async () => {
    const frames = await collect(media('franck.mp4'), { fps: 2, width: 100, maxFrames: 5 });
    expect(frames.map((frame) => frame.timeMs)).toEqual([0, 500, 1000, 1500, 2000]);
    expect(frames[4]?.image).toMatchObject({ width: 100, height: 80 });
  });

  it('gives pixels that may be kept: each frame has its own', async () => {
    const path = join(folder, 'gray.mkv');
    ffmpeg('-f', 'lavfi', '-i', 'color=white:s=64x48:r=5:d=1,fade=in:0:5', '-c:v', 'ffv1', path);
    const frames = await collect(path);
    const means = frames.map(({ image }) => image.data.reduce((a, b) => a + b, 0) / image.data.length);
    expect(means.length).toBe(5);
    expect([...means].sort((a, b) => a - b)).toEqual(means);
    expect(new Set(means).size).toBe(5);
  });

  it('makes non-square pixels square', async () => {
    const path = join(folder, 'anamorphic.mkv');
    ffmpeg('-f', 'lavfi', '-i', 'testsrc=s=64x48:r=5:d=1', '-vf', 'setsar=2', '-c:v', 'ffv1', path);
    const [frame] = await collect(path);
    expect(frame?.image).toMatchObject({ width: 128, height: 48 });
  });

  it('takes an odd file name for a name and nothing else', async () => {
    const path = join(folder, "-y 'a' $(id) concat:b?c=%d.mkv");
    ffmpeg('-f', 'lavfi', '-i', 'testsrc=s=64x48:r=5:d=1', '-c:v', 'ffv1', `file:${path}`);
    expect(await collect(path)).toHaveLength(5);
  });

  it('reads what is left of a damaged file', async () => {
    const path = join(folder, 'cut.webm');
    ffmpeg('-i', media('cap13_edit2.webm'), '-t', '4', '-c', 'copy', path);
    truncateSync(path, 30_000);
    const frames = await collect(path);
    expect(frames.length).toBeGreaterThan(5);
  });

  it('says so when a file is missing, empty or not a video', async () => {
    const empty = join(folder, 'empty.mp4');
    writeFileSync(empty, '');
    const text = join(folder, 'text.mp4');
    writeFileSync(text, 'not a video'.repeat(100));
    await expect(collect(join(folder, 'none.mp4'))).rejects.toMatchObject({ code: 'ERR_FILE_NOT_FOUND' });
    await expect(collect(empty)).rejects.toMatchObject({ code: 'ERR_VIDEO_SOURCE' });
    await expect(collect(text)).rejects.toMatchObject({ code: 'ERR_VIDEO_SOURCE' });
  });

  it('does not follow a playlist off this machine', async () => {
    const list = join(folder, 'list.m3u8');
    writeFileSync(list, '#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/secret.ts\n#EXT-X-ENDLIST\n');
    await expect(collect(list)).rejects.toMatchObject({ code: 'ERR_VIDEO_SOURCE' });
  });

  it('ends when it is canceled', async () => {
    const controller = new AbortController();
    const frames = readVideoFrames(media('franck.mp4'), { signal: controller.signal });
    await frames.next();
    controller.abort();
    await expect(frames.next()).rejects.toMatchObject({ code: 'ERR_ABORTED' });
  });

  it('refuses options that make no sense', async () => {
    await expect(collect(media('franck.mp4'), { fps: 0 })).rejects.toMatchObject({
      code: 'ERR_INVALID_ARGUMENT',
    });
    await expect(collect(media('franck.mp4'), { width: 3 })).rejects.toMatchObject({
      code: 'ERR_INVALID_ARGUMENT',
    });
  });
});
