import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkActions } from '../../../src/watch/triggers/check-actions.ts';
import { parseTriggers } from '../../../src/watch/triggers/read-triggers.ts';
import { temporaryFolder } from '../ffmpeg-tools.ts';

const folder = temporaryFolder();

function check(...actions: unknown[]) {
  return checkActions(parseTriggers(JSON.stringify({ triggers: [{ do: actions }] }), { path: 't' }));
}

describe('checkActions', () => {
  it('finds nothing where all is there', async () => {
    expect(
      await check(
        { type: 'stdout' },
        { type: 'command', command: [process.execPath] },
        { type: 'command', command: ['node'] },
        { type: 'snapshot', folder: join(folder, 'made', 'later') },
        { type: 'webhook', url: 'http://10.0.0.1/', allowInternal: true },
      ),
    ).toEqual([]);
  });

  it('names programs and folders that are not to be had', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const findings = await check(
      { type: 'command', command: ['no-such-program-here'] },
      { type: 'command', command: [join(folder, 'nowhere')] },
      { type: 'command', command: [folder] },
      { type: 'snapshot', folder: join(file, 'below') },
      { type: 'snapshot', folder: join(folder, 'x'.repeat(300)) },
    );
    expect(findings.map(({ fatal, message }) => [fatal, message.slice(0, message.indexOf(':'))])).toEqual([
      [true, 'triggers[0].do[0].command'],
      [true, 'triggers[0].do[1].command'],
      [true, 'triggers[0].do[2].command'],
      [true, 'triggers[0].do[3].folder'],
      [true, 'triggers[0].do[4].folder'],
    ]);
  });

  it('names a program that may not be started', async (context) => {
    if (process.platform === 'win32') context.skip('Windows has no such permission');
    const file = join(folder, 'script.sh');
    writeFileSync(file, '#!/bin/sh\n');
    expect(await check({ type: 'command', command: [file] })).toHaveLength(1);
    chmodSync(file, 0o755);
    expect(await check({ type: 'command', command: [file] })).toEqual([]);
  });

  it('names a folder that may not be written', async (context) => {
    if (process.platform === 'win32' || process.getuid?.() === 0) context.skip('root may write everywhere');
    const closed = join(folder, 'closed');
    mkdirSync(closed);
    chmodSync(closed, 0o500);
    expect(await check({ type: 'snapshot', folder: join(closed, 'x') })).toMatchObject([{ fatal: true }]);
  });

  it('warns of variables that are not set and of names without an address', async () => {
    const findings = await check(
      { type: 'webhook', url: 'https://nowhere.invalid/', secretEnv: 'FACE_TRIGGER_TEST_UNSET' },
      { type: 'mqtt', url: 'mqtt://localhost', passwordEnv: 'FACE_TRIGGER_TEST_UNSET' },
    );
    expect(findings).toMatchObject([
      {
        fatal: false,
        message: expect.stringContaining('do[0].secretEnv: The variable FACE_TRIGGER_TEST_UNSET'),
      },
      { fatal: false, message: expect.stringContaining('do[0].url: nowhere.invalid could not be resolved') },
      { fatal: false, message: expect.stringContaining('do[1].passwordEnv') },
    ]);
  });

  it('warns of a name that leads to an internal address, where the action does not allow it', async (context) => {
    const url = `http://${hostname()}/`;
    const [finding] = await check({ type: 'webhook', url, allowInternal: false });
    if (!finding || finding.message.includes('could not be resolved'))
      context.skip('the name of this machine leads to no internal address');
    expect(finding).toMatchObject({
      fatal: false,
      message: expect.stringContaining('is an internal address'),
    });
    expect(await check({ type: 'webhook', url, allowInternal: hostname() })).toEqual([]);
  });
});
