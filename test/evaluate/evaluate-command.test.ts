import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { photoFolder, runCli } from '../cli/run-cli.ts';
import { describeWithSharedData } from '../shared-data.ts';

describe('face-trigger evaluate', () => {
  it('tells wrong usage and wrong files apart', async () => {
    const folder = await photoFolder({});
    await writeFile(join(folder, 'pairs.txt'), '1\nAnn\t1\t2\n');
    const verify = (...args: string[]) => runCli(['evaluate', 'verification', '--images', folder, ...args]);
    expect(await verify()).toMatchObject({ status: 2 });
    expect(await verify('--pairs', join(folder, 'none.txt'))).toMatchObject({ status: 3 });
    const broken = await verify('--pairs', join(folder, 'pairs.txt'));
    expect(broken).toMatchObject({ status: 3, stderr: expect.stringContaining('2 lines, but 1 follow') });
    const none = await runCli(['evaluate', 'identification']);
    expect(none).toMatchObject({ status: 2, stderr: expect.stringContaining('--split') });
  });
});

describe('face-trigger evaluate verification', () => {
  it('compares people whose folders are decomposed and whose pairs are typed composed, and the other way', async () => {
    const name = 'Jos\u00e9';
    const decomposed = name.normalize('NFD');
    const cwd = await photoFolder({
      [`lfw/${decomposed}/${decomposed}_0001.jpg`]: 'franck_01829.jpg',
      [`lfw/${decomposed}/${decomposed}_0002.jpg`]: 'franck_02221.jpg',
      'lfw/Audrey/Audrey_0001.jpg': 'audrey.jpg',
      'lfw/Audrey/Audrey_0002.jpg': 'audrey.jpg',
    });
    for (const person of [name, decomposed]) {
      const lines = [
        '2',
        `${person}\t1\t2`,
        'Audrey\t1\t2',
        `${person}\t1\tAudrey\t1`,
        `Audrey\t2\t${person}\t2`,
      ];
      await writeFile(join(cwd, 'pairs.txt'), lines.join('\n'));
      const args = [
        'evaluate',
        'verification',
        '--pairs',
        'pairs.txt',
        '--images',
        'lfw',
        '--no-cache',
        '--json',
      ];
      const run = await runCli(args, { cwd });
      expect(run).toMatchObject({ status: 0, stderr: '' });
      expect(JSON.parse(run.stdout)).toMatchObject({
        pairs: { genuine: 2, impostor: 2, failures: 0 },
        auc: 1,
      });
    }
  });
});

describeWithSharedData('face-trigger on LFW photos', ['lfw-dev'], (lfw) => {
  it('evaluates verification, keeps embeddings for a second run and writes a report', async () => {
    const folder = await photoFolder({});
    const people = (await readdir(lfw!)).filter((name) => !name.includes('.')).sort();
    const photos = new Map<string, number>();
    for (const name of people.slice(0, 200)) photos.set(name, (await readdir(join(lfw!, name))).length);
    const doubles = [...photos.keys()].filter((name) => photos.get(name)! >= 2);
    const numbered = async (name: string) =>
      (await readdir(join(lfw!, name))).sort().map((file) => Number(/_(\d+)\./.exec(file)![1]));
    const lines = ['2\t2'];
    for (let fold = 0; fold < 2; fold++) {
      for (const name of doubles.slice(fold * 2, fold * 2 + 2))
        lines.push([name, ...(await numbered(name)).slice(0, 2)].join('\t'));
      for (let i = 0; i < 2; i++) {
        const [a, b] = [people[fold * 4 + i * 2]!, people[fold * 4 + i * 2 + 1]!];
        lines.push([a, (await numbered(a))[0], b, (await numbered(b))[0]].join('\t'));
      }
    }
    await writeFile(join(folder, 'pairs.txt'), lines.join('\n'));
    const args = ['evaluate', 'verification', '--pairs', join(folder, 'pairs.txt'), '--images', lfw!];
    const options = ['--cache', join(folder, 'cache'), '--report', join(folder, 'report'), '--json'];
    const first = await runCli([...args, ...options]);
    expect(first.status).toBe(0);
    const result = JSON.parse(first.stdout) as { pairs: object; auc: number; protocol: { folds: object[] } };
    expect(result.pairs).toEqual({ genuine: 4, impostor: 4, failures: 0 });
    expect(result.auc).toBe(1);
    expect(result.protocol.folds.length).toBe(2);
    const page = await readFile(join(folder, 'report', 'verification.html'), 'utf8');
    for (const name of await readdir(join(folder, 'report')))
      if (process.platform !== 'win32')
        expect((await stat(join(folder, 'report', name))).mode & 0o777).toBe(0o600);
    expect(page.match(/data:image\/jpeg/g)!.length).toBe(16);
    // The second run may not look at any picture again: it could not, without the models.
    const cached = (await readdir(join(folder, 'cache'), { recursive: true })).filter((name) =>
      name.endsWith('.json'),
    );
    expect(cached.length).toBeGreaterThan(8);
    const second = await runCli([...args, ...options]);
    expect(JSON.parse(second.stdout)).toEqual(result);
  });

  it('evaluates identification with strangers, and a picture without a face counts as a miss', async () => {
    const folder = await photoFolder({});
    const people = (await readdir(lfw!)).filter((name) => !name.includes('.'));
    const many: string[] = [];
    for (const name of people) if ((await readdir(join(lfw!, name))).length >= 2) many.push(name);
    const [ann, bob, eve] = many.sort() as [string, string, string];
    for (const [place, name, at] of [
      ['gallery', ann, 0],
      ['gallery', bob, 0],
      ['probe', ann, 1],
      ['probe', bob, 1],
      ['unknown', eve, 0],
    ] as const) {
      const file = (await readdir(join(lfw!, name))).sort()[at]!;
      await mkdir(join(folder, place, name), { recursive: true });
      await symlink(join(lfw!, name, file), join(folder, place, name, file));
    }
    const blank = Buffer.from(`P5 60 60 255\n${'a'.repeat(3600)}`);
    await writeFile(join(folder, 'probe', ann, 'blank.pgm'), blank);
    const folders = ['gallery', 'probe', 'unknown'].flatMap((name) => [`--${name}`, join(folder, name)]);
    const run = await runCli([
      'evaluate',
      'identification',
      ...folders,
      '--no-cache',
      '--json',
      '--max-distance',
      '0.6',
    ]);
    expect(run.status).toBe(0);
    const result = JSON.parse(run.stdout) as { rank1: object; probes: object; failures: { image: string }[] };
    expect(result.probes).toEqual({ enrolled: 3, strangers: 1, failures: 1 });
    expect(result.rank1).toMatchObject({ count: 2, trials: 3 });
    expect(result.failures.map(({ image }) => image)).toEqual([join(folder, 'probe', ann, 'blank.pgm')]);
  });
});
