import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sha256 } from '../../../src/convert/convert-model.ts';
import { assemblePack } from '../../../src/node/models/assemble-pack.ts';
import { installPack } from '../../../src/node/models/installed-packs.ts';
import { openLiveness } from '../../../src/node/models/open-models.ts';
import { packLedger } from '../../../src/node/models/pack-ledger.ts';
import { readPack } from '../../../src/node/models/read-pack.ts';
import { colorLiveness } from '../../liveness-network.ts';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'face-trigger-data-'));
  vi.stubEnv('FACE_TRIGGER_DATA', data);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(data, { recursive: true, force: true });
});

const V2 = '2.7_80x80_MiniFASNetV2.onnx';
const V1SE = '4_0_0_80x80_MiniFASNetV1SE.onnx';

/** Liveness networks that differ in a number, in one folder. */
function folder(...names: readonly string[]) {
  const files = names.map((name, i) => {
    const bytes = colorLiveness(0.1 + i / 100);
    return { name, bytes, sha256: sha256(bytes) };
  });
  return { kind: 'files' as const, name: 'liveness', others: [], files };
}

describe('a pack with liveness networks', () => {
  it('takes two that see differently much around a face, by the names of the originals', async () => {
    const { pack, files, understood, leftOut } = assemblePack([folder(V2, V1SE)], { licence: 'MIT' });
    expect(leftOut).toEqual([]);
    expect(pack.parts.map(({ kind, file }) => [kind, file])).toEqual([
      ['liveness', V2],
      ['liveness', V1SE],
    ]);
    expect(pack.parts.map((part) => part.kind === 'liveness' && part.facts.cropScale)).toEqual([2.7, 4]);
    expect(understood[0]!.because).toMatch(/80 x 80.*three classes.*2.7 times the face/);
    await installPack(pack, files);
    expect((await readPack('liveness')).pack).toEqual(pack);
    await using detector = await openLiveness({ models: 'liveness', threads: 1, commercial: true });
    expect(detector.id).toBe(pack.parts.map(({ id }) => id).join('+'));
    expect(detector.threshold).toBe(0.5);
    const ledger = await packLedger('dlib', { liveness: 'liveness' });
    expect(ledger.filter(({ kind }) => kind === 'liveness').map(({ licence }) => licence.weights)).toEqual([
      'MIT',
      'MIT',
    ]);
  });

  it('asks how much around a face a network sees where neither its name nor its nodes tell', () => {
    expect(() => assemblePack([folder('model.onnx')])).toThrow(
      /tell by --crop-scale \(2.7 for MiniFASNetV2, 4/,
    );
    const { pack } = assemblePack([folder('model.onnx')], { cropScale: 1.5 });
    expect(pack.parts[0]).toMatchObject({ kind: 'liveness', facts: { cropScale: 1.5 } });
  });

  it('leaves out a second one that sees as much as the first', () => {
    const { pack, leftOut } = assemblePack([folder(V2, `${V2.slice(0, -5)}-old.onnx`)]);
    expect(pack.parts).toHaveLength(1);
    expect(leftOut).toEqual([
      { file: expect.any(String), why: expect.stringContaining('is the liveness of') },
    ]);
  });

  it('tells the published networks from each other by their nodes, and keeps files of one name apart', async () => {
    const places = (['v2', 'v1se'] as const).map((like) => {
      const bytes = colorLiveness(0.1, like);
      return { ...folder(), files: [{ name: 'model.onnx', bytes, sha256: sha256(bytes) }] };
    });
    const { pack, files } = assemblePack(places);
    expect(pack.parts.map((part) => part.kind === 'liveness' && part.facts.cropScale)).toEqual([2.7, 4]);
    expect([...files.keys()]).toEqual(['model.onnx', 'liveness-model.onnx']);
    for (const part of pack.parts) expect(sha256(files.get(part.file)!)).toBe(part.sha256);
    await installPack(pack, files);
    await using detector = await openLiveness({ models: 'liveness', threads: 1 });
    expect(detector.id.split('+')).toHaveLength(2);
  });

  it('is missing with a word on how to add one, and refused where its licence is not known', async () => {
    await expect(openLiveness()).rejects.toMatchObject({
      code: 'ERR_MODEL_NOT_FOUND',
      message: expect.stringMatching(/"dlib" have no liveness network.*models add/),
    });
    const { pack, files } = assemblePack([folder(V2)]);
    await installPack(pack, files);
    await expect(openLiveness({ models: 'liveness', commercial: true })).rejects.toMatchObject({
      code: 'ERR_MODEL_LICENCE',
    });
  });
});
