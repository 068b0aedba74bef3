import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { CommandRunner } from '../../../src/watch/triggers/command-runner.ts';
import { parseTriggers } from '../../../src/watch/triggers/read-triggers.ts';
import { findSpeaker, speechText } from '../../../src/watch/triggers/speech.ts';
import { TriggerRunner } from '../../../src/watch/triggers/trigger-runner.ts';
import { hasProgram, needs } from '../../programs.ts';
import { temporaryFolder } from '../ffmpeg-tools.ts';
import { sampleEvent } from './sample-events.ts';

const folder = temporaryFolder();

async function run(actions: unknown, events = [sampleEvent()]) {
  const lines: string[] = [];
  const log: string[] = [];
  const runner = await TriggerRunner.create({
    triggers: parseTriggers(JSON.stringify({ triggers: [{ do: actions }] }), { path: 't' }),
    queuePath: join(folder, 'runner.queue'),
    write: (line) => lines.push(line),
    log: (message) => log.push(message),
  });
  for (const event of events) await runner.handle(event);
  await runner.close();
  return { lines, log };
}

describe('TriggerRunner', () => {
  it('writes an event as a line of JSON', async () => {
    const { lines } = await run([{ type: 'stdout' }]);
    expect(lines.map((line) => JSON.parse(line))).toEqual([sampleEvent()]);
    expect(lines[0]).toMatch(/^\{[^\n]*\}\n$/);
  });

  it('starts a program without a shell, with the event on its standard input', async () => {
    const out = join(folder, 'command.json');
    const script =
      'require("fs").writeFileSync(process.argv[1], JSON.stringify([process.argv[2], require("fs").readFileSync(0, "utf8")]))';
    const label = '$(touch /tmp/owned); `id`';
    const { log } = await run(
      [{ type: 'command', command: [process.execPath, '-e', script, out, '$HOME; a b'] }],
      [sampleEvent({ label })],
    );
    expect(log).toEqual([]);
    const [argument, stdin] = JSON.parse(readFileSync(out, 'utf8')) as [string, string];
    expect(argument).toBe('$HOME; a b');
    expect(JSON.parse(stdin)).toEqual(sampleEvent({ label }));
    expect(existsSync('/tmp/owned')).toBe(false);
  });

  it('says that a program is missing, fails or takes too long, and goes on', async () => {
    const { log } = await run([
      { type: 'command', command: ['/nowhere/program'] },
      { type: 'command', command: [process.execPath, '-e', 'process.exit(3)'] },
      { type: 'command', command: [process.execPath, '-e', 'setInterval(() => {}, 1000)'], timeoutMs: 500 },
    ]);
    expect(log.join('\n')).toMatch(/ENOENT/);
    expect(log.join('\n')).toMatch(/status 3/);
    expect(log.join('\n')).toMatch(/took longer than 500 ms/);
  });

  it("says what went wrong without the addresses' secrets", async () => {
    process.env['FACE_TRIGGER_TEST_PASSWORD'] = 'Sesame4';
    const { log } = await run([
      {
        type: 'webhook',
        url: 'http://owner:Sesame1@127.0.0.1:1/bot12:Sesame2/send?key=Sesame3',
        allowInternal: true,
        headers: { 'x-api-key': 'Sesame5' },
      },
      { type: 'mqtt', url: 'mqtt://owner@127.0.0.1:1', passwordEnv: 'FACE_TRIGGER_TEST_PASSWORD' },
    ]);
    delete process.env['FACE_TRIGGER_TEST_PASSWORD'];
    expect(log.some((line) => line.startsWith('webhook http://127.0.0.1:1/***'))).toBe(true);
    expect(log.some((line) => line.startsWith('mqtt mqtt://***@127.0.0.1:1'))).toBe(true);
    expect(log.join('\n')).not.toMatch(/Sesame|owner|bot12/);
  });

  it('keeps the picture of an event in a folder of the person, wherever the name would lead', async () => {
    const picture = join(folder, 'p.jpg');
    writeFileSync(picture, 'jpeg');
    const shots = join(folder, 'shots');
    mkdirSync(shots);
    await run(
      [{ type: 'snapshot', folder: shots }],
      [sampleEvent({ label: '../../evil', snapshot: picture })],
    );
    expect(readdirSync(shots)).toEqual(['_evil']);
    expect(readFileSync(join(shots, '_evil', 'p.jpg'), 'utf8')).toBe('jpeg');
  });

  it('refuses to start when a secret is missing', async () => {
    const hook = { type: 'webhook', url: 'https://example.org/', secretEnv: 'FACE_TRIGGER_TEST_UNSET' };
    await expect(run([hook])).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
  });
});

describe('CommandRunner', () => {
  it('never runs more programs at once than it may', async () => {
    const out = join(folder, 'times');
    const runner = new CommandRunner({ concurrency: 2, log: () => undefined });
    // None ends before a second one has begun, however slowly programs start.
    const script = `const fs = require("fs"); const out = ${JSON.stringify(out)};
      fs.appendFileSync(out, "+");
      const timer = setInterval(() => {
        if (fs.readFileSync(out, "utf8").split("+").length < 3) return;
        clearInterval(timer);
        setTimeout(() => fs.appendFileSync(out, "-"), 150);
      }, 10);`;
    for (let i = 0; i < 6; i++)
      runner.run([process.execPath, '-e', script], { stdin: '', timeoutMs: 60_000 });
    await runner.close(60_000);
    let now = 0;
    let most = 0;
    for (const sign of readFileSync(out, 'utf8')) {
      now += sign === '+' ? 1 : -1;
      most = Math.max(most, now);
    }
    expect([now, most]).toEqual([0, 2]);
  });

  it('goes on after a program that cannot even be started', async () => {
    const log: string[] = [];
    const runner = new CommandRunner({ concurrency: 1, log: (message) => log.push(message) });
    const out = join(folder, 'after');
    for (const argv of [
      [''],
      ['a\0b'],
      [process.execPath, 'x'.repeat(10_000_000)],
      [folder],
      ['/nowhere/at/all'],
    ])
      runner.run(argv, { stdin: '', timeoutMs: 10_000 });
    const script = `require("fs").writeFileSync(${JSON.stringify(out)}, "")`;
    runner.run([process.execPath, '-e', script], { stdin: '', timeoutMs: 10_000 });
    await runner.close(30_000);
    expect(log).toHaveLength(5);
    expect(existsSync(out)).toBe(true);
  });

  it.skipIf(!hasProgram('sh') || !hasProgram('sleep')).each([
    ['its time is over', { timeoutMs: 50_000, graceMs: 300_000 }],
    ['the watch ends', { timeoutMs: 300_000, graceMs: 50_000 }],
  ])(
    'ends a program with all that it started when %s (needs sh and sleep)',
    async (_when, { timeoutMs, graceMs }) => {
      if (process.platform === 'win32') return;
      const pids = join(folder, `pids-${timeoutMs}`);
      // A child, a child in the background, a grandchild, and one in a session of its own.
      const child = 'require("child_process")';
      const script = `const { spawn } = ${child}; const fs = require("fs");
      const note = (c) => fs.appendFileSync(${JSON.stringify(pids)}, c.pid + "\\n");
      note(process);
      note(spawn("sleep", ["300"]));
      note(spawn("sleep", ["300"], { detached: true, stdio: "ignore" }));
      const sh = spawn("sh", ["-c", "sleep 300 & echo $! >> ${pids}; wait"]); note(sh);`;
      const runner = new CommandRunner({ concurrency: 1, log: () => undefined });
      // Time passes when all five have begun, however slowly they do.
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      onTestFinished(() => void vi.useRealTimers());
      runner.run([process.execPath, '-e', script], { stdin: '', timeoutMs });
      const closed = runner.close(graceMs);
      const numbers = () =>
        existsSync(pids) ? readFileSync(pids, 'utf8').trim().split('\n').map(Number) : [];
      await expect.poll(() => numbers().length).toBe(5);
      const started = numbers();
      expect(started.filter(isRunning)).toEqual(started);
      vi.advanceTimersByTime(50_000);
      vi.useRealTimers();
      await closed;
      await expect.poll(() => started.filter(isRunning), { timeout: 10_000 }).toEqual([]);
    },
  );

  it('leaves alone what a program that ended by itself goes on with in the background', async (context) => {
    needs(context, 'sh', 'sleep');
    const out = join(folder, 'background');
    const runner = new CommandRunner({ concurrency: 1, log: () => undefined });
    runner.run(['sh', '-c', `sleep 300 <&0 & echo $! > ${out}`], { stdin: '', timeoutMs: 60_000 });
    await runner.close(60_000);
    const pid = Number(readFileSync(out, 'utf8'));
    expect(isRunning(pid)).toBe(true);
    process.kill(pid, 'SIGKILL');
  });

  it('drops what is too much and says so', async () => {
    const log: string[] = [];
    const runner = new CommandRunner({ concurrency: 1, capacity: 1, log: (message) => log.push(message) });
    for (let i = 0; i < 4; i++) runner.run([process.execPath, '-e', ''], { stdin: '', timeoutMs: 10_000 });
    await runner.close(30_000);
    expect(log).toHaveLength(2);
  });
});

describe('speech', () => {
  it('says the sentence of the original, without what would command the speaker', () => {
    const text = 'Person identified as {name}';
    expect(speechText(text, { label: 'Ann', stranger: null })).toBe('Person identified as Ann');
    expect(speechText(text, { label: '$& [[x]] <break/>\n', stranger: null })).not.toMatch(/[[\]<>\n]/);
    expect(speechText(text, { label: null, stranger: 'stranger-2' })).toBe('Person identified as stranger-2');
  });

  it('lets the program read the text from its standard input', async () => {
    const speaker = await findSpeaker({ voice: 'en' });
    if (speaker === null) {
      console.warn('skipped: neither espeak-ng nor say is on this machine');
      return;
    }
    expect(speaker.argv.join(' ')).toMatch(/(espeak(-ng)? -v en --stdin|say -v en -f -)$/);
    const out = join(folder, 'speech.wav');
    const runner = new CommandRunner({ concurrency: 1, log: (message) => expect.fail(message) });
    const argv = speaker.argv[0]!.endsWith('say')
      ? [...speaker.argv, '-o', out]
      : [...speaker.argv, '-w', out];
    runner.run(argv, { stdin: '-w /tmp/owned.wav Person identified as Ann', timeoutMs: 20_000 });
    await runner.close(20_000);
    expect(readFileSync(out).length).toBeGreaterThan(10_000);
    expect(existsSync('/tmp/owned.wav')).toBe(false);
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // One that has ended stays in the list until its parent asks for it.
    const stat = process.platform === 'linux' ? readFileSync(`/proc/${pid}/stat`, 'utf8') : '';
    return !/\) Z /.test(stat);
  } catch {
    return false;
  }
}
