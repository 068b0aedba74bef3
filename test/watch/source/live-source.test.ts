import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { cameraInput } from '../../../src/watch/source/camera-source.ts';
import { createSource } from '../../../src/watch/source/create-source.ts';
import type { SourceItem } from '../../../src/watch/source/frame-source.ts';
import { createLiveSource } from '../../../src/watch/source/live-source.ts';
import { createNetworkSource, networkInput } from '../../../src/watch/source/network-source.ts';
import { describeWithProgram } from '../ffmpeg-tools.ts';

describe('cameraInput', () => {
  it('names the camera as each system wants it, as arguments of their own', () => {
    const args = (platform: string, name: string, more = {}) =>
      cameraInput(name, { platform, ...more }).args.join(' ');
    expect(args('linux', 'camera:0')).toBe('-f v4l2 -i /dev/video0');
    expect(args('linux', '/dev/video2', { size: '1280x720', cameraFps: 15 })).toBe(
      '-f v4l2 -framerate 15 -video_size 1280x720 -i /dev/video2',
    );
    expect(args('darwin', 'camera:1')).toBe('-f avfoundation -framerate 30 -i 1:none');
    expect(args('win32', 'camera:Integrated Camera')).toBe('-f dshow -i video=Integrated Camera');
    expect(() => cameraInput('camera:0', { size: '1280x720 -y x' })).toThrow(/1280x720/);
  });
});

describe('networkInput', () => {
  it('keeps the address out of the arguments, whatever is in it', () => {
    const input = networkInput("rtsp://ann:pa'ss@cam/live?key=1");
    expect(input.args.join(' ')).not.toMatch(/cam|ann|key/);
    expect(input.stdin).toBe("ffconcat version 1.0\nfile 'rtsp://ann:pa'\\''ss@cam/live?key=1&tcp'\n");
  });

  it('opens network protocols only, and none of them opens files', () => {
    for (const address of [
      'rtsp://a/b',
      'rtsps://a/b',
      'http://a/b',
      'https://a/b.m3u8',
      'udp://a:1',
      'rtmp://a/b',
    ]) {
      const whitelist =
        networkInput(address).args[networkInput(address).args.indexOf('-protocol_whitelist') + 1];
      expect(whitelist?.split(',')).not.toContain('file');
    }
    for (const address of ['file:///etc/passwd', 'concat://x', 'constructor://x', 'rtsp://a\nfile b']) {
      expect(() => networkInput(address)).toThrow();
    }
  });
});

describe('createSource', () => {
  it('takes schemes in capitals, with blanks around an address', async () => {
    expect(networkInput(' RTSP://cam/Live ').stdin).toContain("'rtsp://cam/Live?tcp'");
    expect((await createSource('HTTP://cam/Live')).name).toBe('http://cam/Live');
    expect((await createSource(`FILE://${import.meta.filename}`)).name).toBe(import.meta.filename);
    expect((await createSource('CAMERA:0')).live).toBe(true);
  });

  it('tells an address whose beginning was forgotten, and a file of another computer, without passwords', async () => {
    const message = async (text: string) =>
      createSource(text).then(
        () => '',
        (error: Error) => error.message,
      );
    for (const text of ['owner:Secret@cam/live', 'rtsp:/owner:Secret@cam/live', 'rtsp:owner:Secret@cam']) {
      expect(await message(text)).toContain('rtsp://***@cam');
      expect(await message(text)).not.toMatch(/Secret|owner/);
    }
    expect(await message('file://host/door.mp4')).toContain('file:///home');
    expect(await message('file:///a%2Fb.mp4')).toContain('file:///home');
    expect(await message('C:\\Users\\me@home\\door.mp4')).toContain('no file or folder C:');
  });

  it('tells a missing file, an unknown address and a missing variable', async () => {
    await expect(createSource('/nowhere.mp4')).rejects.toMatchObject({ code: 'ERR_FILE_NOT_FOUND' });
    await expect(createSource('gopher://x')).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
    await expect(createSource('env:FACE_TRIGGER_TEST_UNSET')).rejects.toMatchObject({
      code: 'ERR_INVALID_ARGUMENT',
    });
    await expect(createSource('-')).rejects.toMatchObject({ message: expect.stringContaining('640x480') });
  });
});

describeWithProgram('ffmpeg', 'a live source', () => {
  const servers: Server[] = [];
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  /** A camera on HTTP: motion JPEG or MPEG-TS, so many seconds a connection. */
  async function camera(options: { seconds?: number; password?: string; format?: 'mpjpeg' | 'mpegts' } = {}) {
    const { seconds = 60, format = 'mpjpeg' } = options;
    const connections: string[] = [];
    const server = createServer((request, response) => {
      connections.push(request.headers.authorization ?? '');
      const expected = `Basic ${Buffer.from(`ann:${options.password}`).toString('base64')}`;
      if (options.password && request.headers.authorization !== expected) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="cam"' }).end();
        return;
      }
      const type = format === 'mpjpeg' ? 'multipart/x-mixed-replace;boundary=ffmpeg' : 'video/mp2t';
      response.writeHead(200, { 'content-type': type });
      const codec = format === 'mpjpeg' ? ['-f', 'mpjpeg'] : ['-c:v', 'mpeg2video', '-f', 'mpegts'];
      const input = ['-re', '-f', 'lavfi', '-t', String(seconds), '-i', 'testsrc=s=320x240:r=20'];
      const child = spawn('ffmpeg', ['-loglevel', 'error', '-nostdin', ...input, ...codec, '-'], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      children.push(child);
      child.stdout.pipe(response);
      request.on('close', () => child.kill('SIGKILL'));
    });
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, connections };
  }

  /** Takes items until there are enough, then leaves. */
  async function take(
    items: AsyncIterable<SourceItem>,
    enough: (items: SourceItem[]) => boolean,
  ): Promise<SourceItem[]> {
    const taken: SourceItem[] = [];
    for await (const item of items) {
      taken.push(item);
      if (enough(taken)) break;
    }
    return taken;
  }
  const open = (url: string, options = {}) => {
    const controller = new AbortController();
    return createNetworkSource(url, { reconnectMinMs: 100, ...options }).open(controller.signal);
  };
  const frames = (items: readonly SourceItem[]) => items.filter((item) => item.type === 'frame');

  it('reads motion JPEG and MPEG-TS over HTTP', async () => {
    for (const format of ['mpjpeg', 'mpegts'] as const) {
      const { host } = await camera({ format });
      const items = await take(open(`http://${host}/v`), (all) => frames(all).length >= 5);
      const [first] = frames(items);
      expect(first?.type === 'frame' && first.frame.image).toMatchObject({ width: 320, height: 240 });
    }
  });

  it('passes a password that no process shows', async () => {
    const { host, connections } = await camera({ password: 'p@ss:w' });
    const source = open(`http://ann:p%40ss%3Aw@${host}/v`);
    await source.next();
    expect(connections.length).toBeGreaterThan(0);
    if (process.platform === 'linux') {
      const lines = readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .map((pid) => {
          try {
            return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
          } catch {
            return '';
          }
        });
      expect(lines.some((line) => line.includes('ffconcat') || line.includes('concat'))).toBe(true);
      expect(lines.some((line) => line.includes('p%40ss') || line.includes(host))).toBe(false);
    }
    await source.return();
  });

  it('says why it is lost, without the password, and tries again after growing pauses', async () => {
    const { host, connections } = await camera({ password: 'right' });
    const controller = new AbortController();
    const source = createNetworkSource(`http://ann:wr0ng@${host}/v`, {
      reconnectMinMs: 50,
      reconnectAttempts: 3,
    });
    expect(source.name).toBe(`http://***@${host}/v`);
    const items: SourceItem[] = [];
    await expect(async () => {
      for await (const item of source.open(controller.signal)) items.push(item);
    }).rejects.toMatchObject({ code: 'ERR_VIDEO_SOURCE', message: expect.not.stringContaining('wr0ng') });
    expect(items).toEqual([
      { type: 'lost', timeMs: expect.any(Number), reason: expect.stringContaining('401'), retryInMs: 50 },
    ]);
    expect(JSON.stringify(items)).not.toContain('wr0ng');
    expect(connections.length).toBeGreaterThanOrEqual(4);
  });

  it('comes back after the stream ended, and says so', async () => {
    const { host } = await camera({ seconds: 1 });
    const items = await take(open(`http://${host}/v`), (all) => all.at(-1)?.type === 'back');
    const kinds = items.map((item) => item.type).filter((type) => type !== 'frame');
    expect(kinds).toEqual(['lost', 'back']);
  });

  it('notices a stream that stands still', async () => {
    const { host } = await camera();
    const items = await take(open(`http://${host}/v`, { stallMs: 5000 }), (all) => {
      if (frames(all).length === 4) for (const child of children) child.kill('SIGSTOP');
      return all.at(-1)?.type === 'lost';
    });
    expect(items.at(-1)).toMatchObject({ type: 'lost', reason: expect.stringContaining('5000 ms') });
  });

  it('comes back when its ffmpeg is killed, as when a camera is unplugged', async () => {
    await expect.poll(childrenOfThisProcess).toEqual([]);
    const source = createLiveSource(
      { name: 'cam', args: ['-re', '-f', 'lavfi', '-i', 'testsrc=s=64x48:r=20'] },
      { reconnectMinMs: 50 },
    ).open(new AbortController().signal);
    await source.next();
    const [decoder] = childrenOfThisProcess();
    process.kill(decoder!, 'SIGKILL');
    const items = await take(source, (all) => all.at(-1)?.type === 'back');
    expect(items.find((item) => item.type === 'lost')).toMatchObject({
      reason: expect.stringContaining('SIGKILL'),
    });
  });

  it('drops old frames for a slow reader and hands out the newest', async () => {
    await expect.poll(childrenOfThisProcess).toEqual([]);
    const source = createLiveSource({
      name: 'cam',
      args: ['-f', 'lavfi', '-t', '8', '-i', 'testsrc=s=320x240:r=25'],
    }).open(new AbortController().signal);
    const nextFrame = async () => {
      const { value } = await source.next();
      return value?.type === 'frame' ? value.frame : null;
    };
    (await nextFrame())!.release();
    // All 200 frames have come when ffmpeg is gone. None waits in a queue: the next is the last of them.
    await expect.poll(childrenOfThisProcess).toEqual([]);
    expect((await nextFrame())!.index).toBe(199);
    expect(await source.next()).toMatchObject({ value: { type: 'lost' } });
    await source.return();
  });

  it('leaves no process behind when the reader leaves or the signal fires', async () => {
    const args = ['-re', '-f', 'lavfi', '-i', 'testsrc=s=320x240:r=25'];
    const left = createLiveSource({ name: 'cam', args }).open(new AbortController().signal);
    await left.next();
    await left.return();
    const controller = new AbortController();
    const stopped = createLiveSource({ name: 'cam', args }).open(controller.signal);
    await stopped.next();
    controller.abort();
    await expect(take(stopped, () => false)).rejects.toMatchObject({ code: 'ERR_ABORTED' });
    // Node keeps the handle of a process that is gone for a moment.
    await expect.poll(childrenOfThisProcess).toEqual([]);
  });
});

function childrenOfThisProcess(): number[] {
  const handles = (process as unknown as { _getActiveHandles(): unknown[] })._getActiveHandles();
  return handles
    .filter((handle): handle is ChildProcess => handle instanceof Object && 'spawnargs' in handle)
    .map((child) => child.pid!)
    .sort();
}
