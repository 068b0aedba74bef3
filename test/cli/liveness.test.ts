import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it, onTestFinished } from 'vitest';
import { colorLiveness } from '../liveness-network.ts';
import { jsonLines, media, runCli } from './run-cli.ts';

/** Liveness networks by the originals' names, a live and a shown face, and a command line without packs. */
async function prepare() {
  const data = await mkdtemp(join(tmpdir(), 'face-trigger-live-'));
  onTestFinished(() => rm(data, { recursive: true, force: true }));
  const path = (name: string) => join(data, name);
  await writeFile(path('2.7_80x80_MiniFASNetV2.onnx'), colorLiveness(0.1));
  await writeFile(path('4_0_0_80x80_MiniFASNetV1SE.onnx'), colorLiveness(0.2));
  for (const [name, color] of Object.entries({ live: [0.5, 1, 0.5], shown: [1, 0.5, 0.5] })) {
    await sharp(media('audrey.jpg'))
      .toColorspace('srgb')
      .linear(color, [0, 0, 0])
      .jpeg()
      .toFile(path(`${name}.jpg`));
  }
  const env = { FACE_TRIGGER_DATA: path('data') };
  return { path, run: (...args: string[]) => runCli(args, { env }) };
}

interface Printed {
  readonly faces: readonly {
    readonly liveness?: { readonly live: boolean; readonly attackKind: string | null };
  }[];
}

describe('--liveness', () => {
  it('adds two networks as one pack, lists, explains and verifies them, and checks faces with them', async () => {
    const { path, run } = await prepare();
    const added = await run(
      ...['models', 'add', path('2.7_80x80_MiniFASNetV2.onnx'), path('4_0_0_80x80_MiniFASNetV1SE.onnx')],
      ...['--name', 'live', '--license', 'Apache-2.0'],
    );
    expect(added.stderr).not.toContain('--licence');
    expect(added.stderr).toContain('--liveness=live');
    expect(added.status).toBe(0);
    expect(added.stdout.match(/: liveness minifasnet-/g)).toHaveLength(2);
    const listed = jsonLines(await run('models', 'list', '--models', 'live', '--json'));
    expect(listed).toMatchObject([
      { kind: 'liveness', licence: 'Apache-2.0', facts: { cropScale: 2.7 } },
      { kind: 'liveness', licence: 'Apache-2.0', facts: { cropScale: 4 } },
    ]);
    expect((await run('models', 'info', 'live')).stdout).toMatch(/shown\s+2.7 times the face/);
    expect((await run('models', 'verify', '--models', 'live')).status).toBe(0);
    const detect = ['detect', '--liveness=live', path('live.jpg'), path('shown.jpg'), '--detection', 'fast'];
    const printed = jsonLines(await run(...detect, '--json')) as unknown as Printed[];
    expect(printed.map(({ faces }) => faces.map(({ liveness }) => liveness))).toMatchObject([
      [{ live: true, attackKind: null }],
      [{ live: false, attackKind: '2d' }],
    ]);
    const table = await run(...detect);
    expect(table.stdout).toMatch(/LIVE/);
    expect(table.stdout).toMatch(/live 0\.\d+|live 1\.000/);
    expect(table.stdout).toMatch(/2d 0\.\d+/);
  });

  it('ends with an error that says how to add networks where the pack has none', async () => {
    const { path, run } = await prepare();
    const { status, stderr } = await run('detect', path('live.jpg'), '--liveness');
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/have no liveness network.*models add/);
    const alone = await run('detect', path('live.jpg'), '--liveness-threshold', '0.9');
    expect(alone.stderr).toContain('Expected --liveness');
    expect(jsonLines(await run('detect', path('live.jpg'), '--json'))[0]).toMatchObject({
      faces: [expect.not.objectContaining({ liveness: expect.anything() })],
    });
  });

  it('asks for the scale of the crop where a file does not tell, and takes it', async () => {
    const { path, run } = await prepare();
    await writeFile(path('model.onnx'), colorLiveness());
    const asked = await run('models', 'add', path('model.onnx'));
    expect(asked.status).not.toBe(0);
    expect(asked.stderr).toMatch(/--crop-scale \(2.7 for MiniFASNetV2, 4 for MiniFASNetV1SE\)/);
    // An option by its old name is still taken.
    const old = await run('models', 'add', path('model.onnx'), '--crop-scale', '2.7', '--licence', 'MIT');
    expect(old).toMatchObject({ status: 0, stderr: expect.stringContaining('called --license now') });
    expect(old.stdout).toContain('weights MIT');
  });
});

describe('evaluate liveness', () => {
  it('tells APCER of each kind, BPCER and ACER, and writes a report', async () => {
    const { path, run } = await prepare();
    for (const name of ['live', 'attacks/print', 'attacks/replay'])
      await mkdir(path(name), { recursive: true });
    await copyFile(path('live.jpg'), path('live/a.jpg'));
    await copyFile(path('shown.jpg'), path('attacks/print/a.jpg'));
    await copyFile(path('live.jpg'), path('attacks/print/b.jpg'));
    await copyFile(path('shown.jpg'), path('attacks/replay/a.jpg'));
    await sharp({ create: { width: 90, height: 90, channels: 3, background: '#888' } })
      .jpeg()
      .toFile(path('attacks/replay/empty.jpg'));
    await run('models', 'add', path('2.7_80x80_MiniFASNetV2.onnx'), '--name', 'live');
    const command = ['evaluate', 'liveness', '--live', path('live'), '--attack', path('attacks')];
    const options = ['--liveness=live', '--detection', 'fast', '--report', path('report')];
    const [result] = jsonLines(await run(...command, ...options, '--json'));
    expect(result).toMatchObject({
      kind: 'liveness',
      threshold: 0.5,
      attacks: [
        { kind: 'print', apcer: { count: 1, trials: 2 }, apnrr: { count: 0, trials: 2 } },
        { kind: 'replay', apcer: { count: 0, trials: 1 }, apnrr: { count: 1, trials: 2 } },
      ],
      worst: { kind: 'print' },
      bpcer: { count: 0, trials: 1 },
      acer: 0.25,
      failures: [{ reason: 'no face found' }],
    });
    expect(await readFile(path('report/liveness.html'), 'utf8')).toContain('APCER');
    expect(JSON.parse(await readFile(path('report/liveness.json'), 'utf8'))).toMatchObject({ acer: 0.25 });
    const text = (await run(...command, ...options)).stdout;
    expect(text).toMatch(/attack print\s+APCER\s+50 % \(1 of 2/);
    expect(text).toContain('empty.jpg: no face found');
    // Each kind may be named for itself; a folder can't be live and an attack.
    const print = await run(
      ...command.slice(0, 4),
      '--attack',
      path('attacks/print'),
      '--liveness=live',
      '--json',
    );
    expect(jsonLines(print)[0]).toMatchObject({ attacks: [{ kind: 'print' }] });
    const both = await run(
      'evaluate',
      'liveness',
      '--live',
      path('attacks'),
      '--attack',
      path('attacks'),
      '--liveness=live',
    );
    expect(both.stderr).toMatch(/is told to be live and "print"/);
    const none = await run(
      'evaluate',
      'liveness',
      '--live',
      path('none'),
      '--attack',
      path('attacks'),
      '--liveness=live',
    );
    expect(none.status).not.toBe(0);
    expect((await run(...command)).stderr).toContain('models add');
  });
});
