import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { homeConfigSchema } from '../../src/home/config/home-config.ts';
import { parseYaml } from '../../src/node/files/yaml-file.ts';

const GUIDE = readFileSync(join(import.meta.dirname, '../../docs/guide/home.md'), 'utf8');
const examples = [...GUIDE.matchAll(/^( *)```yaml\n(.*?)^\1```$/gms)].map(([, indent = '', text = '']) =>
  text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
);

describe('the examples of a home in the guide', () => {
  it('are configurations that can be read, a small and a full one among them', () => {
    const read = examples
      .filter((text) => /^(cameras|version):/m.test(text))
      .map((text) => parseYaml(text, homeConfigSchema, { path: 'home.md' }));
    expect(read.length).toBeGreaterThanOrEqual(2);
    expect(Object.keys(read[0]!.cameras)).toEqual(['door', 'yard']);
  });

  it('name every section and every setting of a camera that there is', () => {
    const full = examples.find((text) => text.startsWith('version:'))!;
    const shape = homeConfigSchema.shape;
    for (const section of Object.keys(shape)) expect(full).toMatch(new RegExp(`^${section}:`, 'm'));
    const { cameras } = parseYaml(full, homeConfigSchema, { path: 'home.md' });
    const told = new Set(Object.values(cameras).flatMap((camera) => Object.keys(camera)));
    const settings = ['url', 'detectUrl', 'place', 'minFaceSize', 'zones', 'masks', 'motion'];
    expect([...told]).toEqual(expect.arrayContaining([...settings, 'stallSeconds', 'fps', 'maxWidth']));
  });
});
