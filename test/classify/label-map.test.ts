import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  LABEL_MAP_LIMITS,
  parseLabelMap,
  readLabelMap,
  writeLabelMap,
} from '../../src/classify/label-map.ts';
import { canonicalName } from '../../src/core/text/person-name.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'label-map-'));
});
afterAll(() => rm(folder, { recursive: true }));

const parse = (text: string) => parseLabelMap(Buffer.from(text));
const withLabels = (labels: unknown) => JSON.stringify({ version: 1, labels });

describe('label map', () => {
  it('comes back from a file as it was written, whatever the names are', async () => {
    const path = join(folder, 'labels.json');
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(name, { selector: canonicalName }), async (labels) => {
        await writeLabelMap(path, labels);
        expect(await readLabelMap(path)).toEqual(labels.map((label) => label.normalize('NFC')));
      }),
      { numRuns: 40 },
    );
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ version: 1 });
  });

  it('treats names that mean something to JavaScript or to a file system as plain names', () => {
    const names = [
      '__proto__',
      'constructor',
      'toString',
      '../../etc/passwd',
      ' ',
      'Zoë 漢字 👩‍👩‍👧',
      'a\u0000b',
    ];
    expect(parse(withLabels(names))).toEqual(names);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('keeps names composed, and takes older files whose names are not', async () => {
    const path = join(folder, 'labels.json');
    await writeLabelMap(path, ['Jose\u0301', 'Ada']);
    expect(JSON.parse(await readFile(path, 'utf8')).labels).toEqual(['Jos\u00e9', 'Ada']);
    await writeFile(path, JSON.stringify({ version: 1, labels: ['Zoe\u0308'] }));
    expect(await readLabelMap(path)).toEqual(['Zo\u00eb']);
  });

  it('refuses everything else with ERR_FILE_FORMAT', () => {
    for (const text of [
      '',
      '{',
      'null',
      '[]',
      '{"labels":[]}',
      '{"version":2,"labels":[]}',
      '{"version":"1","labels":[]}',
      '{"version":1}',
      '{"version":1,"labels":{"0":"a"}}',
      '{"version":1,"labels":[],"__proto__":{"polluted":1}}',
      '{"version":1,"labels":[],"more":1}',
      withLabels(['a', 'a']),
      withLabels(['\u00e9', 'e\u0301']),
      withLabels(['']),
      withLabels([null]),
      withLabels(['a'.repeat(LABEL_MAP_LIMITS.maxNameLength + 1)]),
      '['.repeat(100_000),
    ]) {
      expect(() => parse(text), text.slice(0, 60)).toThrow(
        expect.objectContaining({ code: 'ERR_FILE_FORMAT' }),
      );
    }
    expect(() => parseLabelMap(Uint8Array.of(0xff, 0xfe, 0x00))).toThrow('not JSON');
  });

  it('refuses to write what it would refuse to read, and leaves the old file', async () => {
    const path = join(folder, 'kept.json');
    await writeLabelMap(path, ['kept']);
    await expect(writeLabelMap(path, ['a', 'a'])).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
    expect(await readLabelMap(path)).toEqual(['kept']);
  });

  it('says which file is missing, too large or no file', async () => {
    await expect(readLabelMap(join(folder, 'none.json'))).rejects.toMatchObject({
      code: 'ERR_FILE_NOT_FOUND',
    });
    await expect(readLabelMap(folder)).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
    const large = join(folder, 'large.json');
    await writeFile(large, new Uint8Array(LABEL_MAP_LIMITS.maxBytes + 1));
    await expect(readLabelMap(large)).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
  });
});
