import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { WatchEvent } from '../../src/watch/watch-event.ts';
import { compileSource } from './compile-source.ts';
import { describeWithProgram, ffmpeg, media, temporaryFolder } from './ffmpeg-tools.ts';

describeWithProgram('ffmpeg', 'face-trigger watch', () => {
  const folder = temporaryFolder();
  const film = join(folder, 'film.mp4');
  const program = join(folder, 'compiled');
  beforeAll(() => {
    mkdirSync(program);
    compileSource(program);
    ffmpeg('-i', media('cap13_edit2.mp4'), '-t', '4', '-c', 'copy', film);
  });

  function start(...args: string[]): {
    child: ChildProcess;
    done: Promise<{ status: number | null; stdout: string; stderr: string }>;
  } {
    const child = spawn(process.execPath, [join(program, 'bin/face-trigger.js'), 'watch', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout!.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr!.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const done = once(child, 'close').then(([status]) => ({
      status: status as number | null,
      stdout,
      stderr,
    }));
    return { child, done };
  }

  it('prints events as JSON lines and ends by itself: no timer, process or handle holds it', async () => {
    const { status, stdout, stderr } = await start(film, '--json', '--name', 'door').done;
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as WatchEvent);
    expect(events.map(({ type }) => type)).toEqual(['face.appeared', 'stranger.appeared', 'face.left']);
    for (const event of events) expect(event).toMatchObject({ version: 1, source: 'door' });
  });

  it('prints lines for people, and figures when asked', async () => {
    const { stdout, stderr } = await start(film, '--stats').done;
    expect(stdout).toMatch(/stranger\.appeared {2}stranger-1 {2}\(track 1\)/);
    expect(JSON.parse(stderr)).toMatchObject({ dropped: 0 });
  });

  it('checks a triggers file and names the line of a mistake', async () => {
    const good = join(folder, 'good.yaml');
    writeFileSync(good, 'triggers:\n  - do: { type: stdout }\n');
    expect(await start('--triggers', good, '--check').done).toMatchObject({
      status: 0,
      stdout: `${good}: 1 trigger, all right\n`,
    });
    const bad = join(folder, 'bad.yaml');
    writeFileSync(bad, 'triggers:\n  - do: { type: fly }\n  - do: { type: command, command: [""] }\n');
    const { status, stderr } = await start('--triggers', bad, '--check').done;
    expect(status).toBe(3);
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain(`${bad}:2:17: triggers[0].do.type`);
    expect(lines[1]).toContain(`${bad}:3:36: triggers[1].do.command[0]`);
    expect(stderr).not.toContain('u{a}');
  });

  it('warns in a check of what this machine lacks, and refuses what cannot go well on it', async () => {
    const file = join(folder, 'machine.yaml');
    writeFileSync(
      file,
      'triggers: [{ do: { type: webhook, url: "https://example.org", secretEnv: NOT_SET_HERE } }]',
    );
    const warned = await start('--triggers', file, '--check').done;
    expect(warned).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/all right, \d warning/),
    });
    expect(warned.stderr).toContain('The variable NOT_SET_HERE is not set');
    writeFileSync(file, 'triggers: [{ do: { type: command, command: [no-such-program-here] } }]');
    const refused = await start('--triggers', file, '--check').done;
    expect(refused).toMatchObject({ status: 3, stdout: '' });
    expect(refused.stderr).toContain('There is no program no-such-program-here');
  });

  it('tells names that nobody in the model has, at the check and at the start', async () => {
    const model = join(folder, 'names');
    mkdirSync(model, { recursive: true });
    writeFileSync(join(model, 'labels.json'), JSON.stringify({ version: 1, labels: ['José', 'Ada'] }));
    const file = join(folder, 'names.yaml');
    const who = (name: string) =>
      writeFileSync(file, `triggers: [{ when: { who: "${name}" }, do: { type: stdout } }]`);
    who('Jose\u0301');
    expect(await start('--triggers', file, '--model', model, '--check').done).toMatchObject({
      status: 0,
      stderr: '',
    });
    who('Adda');
    const { status, stdout, stderr } = await start('--triggers', file, '--model', model, '--check').done;
    expect(stderr).toBe(`${file}: trigger 1: nobody is called "Adda"; did you mean "Ada"?\n`);
    expect(stdout).toBe(`${file}: 1 trigger, 1 name that nobody has\n`);
    expect(status).toBe(1);
    const watched = await start(film, '--triggers', file).done;
    expect(watched.stderr.split('\n')[0]).toBe('trigger 1: nobody is called "Adda"');
  });

  it('fires triggers: a webhook arrives, and a picture is kept', async () => {
    const calls: string[] = [];
    const server = createServer((request, response) => {
      request.on('data', (chunk: Buffer) => calls.push(chunk.toString()));
      request.on('end', () => response.end());
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const shots = join(folder, 'shots');
    const triggers = join(folder, 'triggers.json');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const actions = [
      { type: 'webhook', url, allowInternal: true },
      { type: 'snapshot', folder: shots },
    ];
    writeFileSync(triggers, JSON.stringify({ triggers: [{ when: { who: 'stranger' }, do: actions }] }));
    const { status, stderr } = await start(film, '--triggers', triggers).done;
    server.close();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(calls.map((call) => (JSON.parse(call) as WatchEvent).type)).toEqual(['stranger.appeared']);
    expect(existsSync(join(shots, 'stranger-1'))).toBe(true);
    expect(existsSync(`${triggers}.queue.lock`)).toBe(false);
  });

  it('stops on Ctrl-C with the preview open and the film half read, and finishes the recording', async () => {
    const recording = join(folder, 'recording.mp4');
    const { child, done } = start(media('franck.mp4'), '--preview', '0', '--record', recording);
    child.stdout!.once('data', () => child.kill('SIGINT'));
    const { status, stderr } = await done;
    expect(status).toBe(130);
    expect(stderr).toMatch(/^preview: http:\/\/127\.0\.0\.1:\d+\/\n$/);
    expect(() => ffmpeg('-i', recording, '-f', 'null', '-')).not.toThrow();
  });

  it.runIf(process.platform === 'linux')('shows no password in the list of processes', async () => {
    const address = 'rtsp://owner:Sec%23ret@127.0.0.1:1/live?key=Sesame';
    const { child, done } = start(address, '--json');
    await once(child.stdout!, 'data');
    const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ');
    const lines = [String(child.pid), ...children].map((pid) => {
      const file = `/proc/${pid}/cmdline`;
      return existsSync(file) ? readFileSync(file, 'utf8') : '';
    });
    expect(lines[0]).toContain('rtsp://***@127.0.0.1:1/live?***');
    expect(lines.join(' ')).not.toMatch(/Sec|owner|Sesame/);
    child.kill('SIGINT');
    const { stdout, stderr } = await done;
    expect(stdout + stderr).not.toMatch(/Sec|owner|Sesame/);
    expect(stdout).toContain('"source":"rtsp://***@127.0.0.1:1/live?***"');
  });

  it('gives a hint for a password that ends the address early, and hides it', async () => {
    for (const password of ['Sec#ret', 'Sec/ret', 'Sec?ret']) {
      const { status, stderr } = await start(`rtsp://owner:${password}@cam/live`).done;
      expect(status).toBe(2);
      expect(stderr).toContain('rtsp://***@cam/live');
      expect(stderr).toContain('%23 for #, %2F for /');
      expect(stderr).not.toMatch(/Sec|owner/);
    }
  });

  it('says what is wrong with a source, in one line', async () => {
    expect(await start('/nowhere.mp4').done).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('ERR_FILE_NOT_FOUND'),
    });
    expect(await start().done).toMatchObject({ status: 2 });
  });
});
