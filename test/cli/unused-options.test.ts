import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/create-program.ts';
import { FaceTriggerError } from '../../src/core/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'face-trigger-unused-'));
const film = join(folder, 'film.mp4');
writeFileSync(film, 'no film');
afterAll(() => rmSync(folder, { recursive: true }));

async function refusalOf(...args: string[]): Promise<string> {
  const context = { signal: new AbortController().signal, setExitStatus: () => undefined };
  const program = await createProgram(args, context);
  const error: unknown = await program.parseAsync(args, { from: 'user' }).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof FaceTriggerError))
    throw new Error(`Not refused: ${args.join(' ')}`, { cause: error });
  expect(error.code).toBe('ERR_INVALID_ARGUMENT');
  return error.message;
}

describe('an option that would change nothing is refused, with the reason', () => {
  it.each([
    ['watch --check --triggers t.yaml --preview 0', 'no --preview with --check'],
    ['watch --check --triggers t.yaml --no-motion', 'no --no-motion with --check'],
    ['watch camera:0 --check --triggers t.yaml', 'no source with --check'],
    ['watch --forget --name door --triggers t.yaml --json', 'no --json with --forget'],
    ['watch --forget --name door --triggers t.yaml --gallery postgres://h/d', 'no --gallery with --forget'],
    ['watch camera:0 --queue q.jsonl', 'no --queue without --triggers'],
    ['watch camera:0 --preview-host ::', 'no --preview-host without --preview'],
    ['watch camera:0 --min-probability 0.9', 'no --min-probability without --model or --gallery'],
    ['watch FILM --new-only', 'no --new-only for this source (video file); it is for: folder'],
    ['watch FILM --stall-seconds 5', 'no --stall-seconds for this source (video file)'],
    ['watch FOLDER --max-width 640', 'no --max-width for this source (folder)'],
    ['watch rtsp://camera/a --fps 5', 'no --fps for this source (stream)'],
    ['watch http://camera/a --pixel-format gray', 'no --pixel-format for this source (HTTP address)'],
    ['watch camera:0 --gallery postgres://h/d --fps 5', 'no --fps for this source (camera)'],
    ['recognize a.jpg --gallery postgres://h/d --embeddings', 'no --embeddings without --json'],
    ['evaluate identification --gallery a --probe b --seed 3', 'no --seed without --split'],
    ['evaluate identification --gallery a --probe b --strangers 3', 'no --strangers without --split'],
    ['run home.yaml --check --json', 'no --json with --check'],
  ])('%s', async (line, expected) => {
    const args = line.split(' ').map((word) => word.replace('FILM', film).replace('FOLDER', folder));
    expect(await refusalOf(...args)).toContain(`Expected ${expected}`);
  });
});

describe('a gallery where photos are meant is told from them, with the command for galleries', () => {
  it.each([
    ['train postgres://user:secret@host/faces --out model', '"face-trigger gallery train'],
    ['train galleries/?gallery=door --out model', '"face-trigger gallery train'],
    [
      'evaluate identification --gallery postgres://user:secret@host/faces --probe b',
      '"face-trigger jobs evaluate',
    ],
  ])('%s', async (line, expected) => {
    const message = await refusalOf(...line.split(' '));
    expect(message).toContain(expected);
    expect(message).not.toContain('secret');
  });
});
