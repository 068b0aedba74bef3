import { describe, expect, it } from 'vitest';
import { photoFolder, runCli } from './run-cli.ts';

describe('help', () => {
  it.each([
    [['help'], 'Usage: face-trigger [options] [command]'],
    [['help', 'train'], 'Usage: face-trigger train [options] <folder>'],
    [['help', 'gallery'], 'Usage: face-trigger gallery [options] [command]'],
    [['help', 'gallery', 'add'], 'Usage: face-trigger gallery add [options] <inputs...>'],
    [['gallery', 'help', 'add'], 'Usage: face-trigger gallery add [options] <inputs...>'],
    [['gallery', 'help'], 'Usage: face-trigger gallery [options] [command]'],
  ])('is given for the words %j', async (args, usage) => {
    const run = await runCli(args);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toContain(usage);
  });

  it.each([
    [['trian', 'people'], '(Did you mean train?)'],
    [['help', 'trian'], '(Did you mean train?)'],
    [['trian', '--help'], '(Did you mean train?)'],
    [['gallery', 'lst'], '(Did you mean list?)'],
    [['help', 'gallery', 'lst'], '(Did you mean list?)'],
    [['hepl'], '(Did you mean help?)'],
  ])('is not what a mistake in %j gives, but the nearest command', async (args, suggestion) => {
    const run = await runCli(args);
    expect(run).toMatchObject({ status: 2, stdout: '' });
    expect(run.stderr).toContain(suggestion);
  });

  it('leaves a file called help an input', async () => {
    const cwd = await photoFolder({ help: 'audrey.jpg' });
    expect((await runCli(['detect', 'help'], { cwd })).stdout).toContain('help ');
  });
});
