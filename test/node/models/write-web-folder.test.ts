import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import { sha256 } from '../../../src/convert/convert-model.ts';
import { MODEL_PACK, MODEL_PACK_FILE } from '../../../src/models/model-pack.ts';
import { type WebPrecision, writeWebFolder } from '../../../src/node/models/write-web-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'face-trigger-web-folder-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = async (name: string, options: { models?: string; precision?: WebPrecision }) => {
  const target = join(folder, name);
  const written = await writeWebFolder(target, options);
  const pack = MODEL_PACK.parse(JSON.parse(readFileSync(join(target, MODEL_PACK_FILE), 'utf8')));
  return { target, written, pack };
};
const kinds = ({ parts }: { parts: readonly { kind: string; precision: string }[] }) =>
  parts.map(({ kind, precision }) => `${kind} ${precision}`).sort();

it('writes quantized networks, their description, the worker and the runtime', async () => {
  const { target, written, pack } = await write('int8', {});
  expect(kinds(pack)).toEqual(['detector int8', 'embedder int8', 'landmarks fp32']);
  for (const { file, bytes, sha256: hash } of written) {
    const content = readFileSync(join(target, file));
    expect([content.length, sha256(content)]).toEqual([bytes, hash]);
  }
  expect(readdirSync(target).sort()).toEqual(written.map(({ file }) => file).sort());
  for (const { file, sha256: hash } of pack.parts) {
    expect(written.find((one) => one.file === file)?.sha256).toBe(hash);
  }
  const names = written.map(({ file }) => file);
  expect(names).toContain('face-trigger-worker.js');
  expect(names.filter((name) => name.startsWith('ort'))).toHaveLength(4);
  const models = [MODEL_PACK_FILE, ...pack.parts.map(({ file }) => file)];
  const compressed = models.map((file) => gzipSync(readFileSync(join(target, file))).length);
  expect(compressed.reduce((sum, bytes) => sum + bytes)).toBeLessThan(MODELS_COMPRESSED);
});

/** What pages may be asked to download: docs/decisions/034-browser.md. */
const MODELS_COMPRESSED = 8e6;

it('writes the other precision, or both', async () => {
  expect(kinds((await write('fp32', { precision: 'fp32' })).pack)).toEqual([
    'detector fp32',
    'embedder fp32',
    'landmarks fp32',
  ]);
  expect((await write('both', { precision: 'both' })).pack.parts).toHaveLength(5);
});

it('gives a pack what its base lends it, so that the folder needs no other', async () => {
  const { pack } = await write('mobilefacenet', { models: 'mobilefacenet' });
  expect(pack.base).toBeUndefined();
  expect(kinds(pack)).toEqual(['detector fp32', 'embedder int8', 'landmarks fp32']);
});

it('refuses packs that work as one', async () => {
  await expect(writeWebFolder(join(folder, 'no'), { models: 'dlib+mobilefacenet' })).rejects.toMatchObject({
    code: 'ERR_INVALID_ARGUMENT',
  });
  expect(readdirSync(folder)).not.toContain('no');
});
