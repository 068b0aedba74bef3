import { isAbsolute, join, relative, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outputNames } from '../../src/dataset/output-names.ts';

const extensions = ['.png', '.jpg'];
const names = (...list: string[]) => outputNames(list, { extensions });

describe('outputNames', () => {
  it('keeps folders, blanks, Unicode and extensions that can be written', () => {
    expect(names('a b/Zoë 李.JPG', 'x.png')).toEqual(['a b/Zoë 李.JPG', 'x.png']);
  });

  it('adds the first extension to names that have another or none', () => {
    expect(names('scan.tiff', 'scan', 'scan.png')).toEqual(['scan.tiff.png', 'scan.png', 'scan-2.png']);
  });

  it('turns the ways out of the folder into plain names', () => {
    expect(names('../../etc/passwd', '/abs.jpg', 'C:\\temp\\a.jpg', '..')).toEqual([
      '__/__/etc/passwd.png',
      'abs.jpg',
      'C_/temp/a.jpg',
      '__.png',
    ]);
  });

  it('numbers names that some file system takes for the same', () => {
    expect(names('a.jpg', 'A.jpg', 'é.jpg', 'e\u0301.jpg')).toEqual([
      'a.jpg',
      'A-2.jpg',
      'é.jpg',
      'e\u0301-2.jpg',
    ]);
  });

  it('gives a file another name than a folder that is needed', () => {
    expect(names('x.jpg', 'x.jpg/y.jpg')).toEqual(['x-2.jpg', 'x.jpg/y.jpg']);
  });

  it('cuts parts that file systems refuse for their length, at the front', () => {
    const [name] = names(`${'ä'.repeat(300)}-7.jpg`);
    expect(Buffer.byteLength(name!)).toBeLessThanOrEqual(200);
    expect(name).toMatch(/ä-7\.jpg$/);
  });

  it('never leads outside and never gives one name twice, whatever the names are', () => {
    const odd = fc.string({
      unit: fc.constantFrom('a', 'A', '.', '/', '\\', ' ', ':', '\0', '-', '2', 'é'),
      maxLength: 12,
    });
    fc.assert(
      fc.property(fc.array(odd, { maxLength: 12 }), (list) => {
        const given = outputNames(list, { extensions });
        expect(new Set(given.map((name) => name.toLowerCase())).size).toBe(list.length);
        for (const name of given) {
          const inside = relative('/out', resolve(join('/out', name)));
          expect(isAbsolute(inside) || /^\.\.([\\/]|$)/.test(inside) || inside === '').toBe(false);
          expect(given.some((other) => other.toLowerCase().startsWith(`${name.toLowerCase()}/`))).toBe(false);
        }
      }),
    );
  });
});
