import { describe, expect, it } from 'vitest';
import { addressIn } from '../../../src/gallery/collection/gallery-collection.ts';
import { checkGalleryName } from '../../../src/gallery/collection/gallery-name.ts';
import { galleryAddress } from '../../../src/gallery/gallery-address.ts';

const HOSTILE = [
  ...['', '.', '..', '../door', 'a/b', 'a\\b', '/etc/passwd', 'C:door', 'door\0', 'door\n', ' door', 'door '],
  ...[
    'Door',
    'dóor',
    'do\u0301or',
    'дверь',
    'd\u200boor',
    '\u202edoor',
    'ｄoor',
    'door.',
    'a..b',
    '-door',
    '.door',
  ],
  ...['con', 'nul', 'aux.x', 'prn', 'com1', 'lpt9.a.b', 'com0', 'door.db', 'door.db-wal', 'door.db-shm'],
  ...['a'.repeat(64), "door'; DROP TABLE gallery; --", '%2e%2e', 'door?x=1', 'a&b', '!17', '~', '$(rm)'],
];

describe('checkGalleryName', () => {
  it.each(HOSTILE)('refuses %j, and does not repeat it', (name) => {
    expect(() => checkGalleryName(name)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT' }));
    expect(() => addressIn('galleries', name)).toThrow(/^Expected/);
    expect(() => addressIn('postgres://host/db', name)).toThrow(/^Expected/);
    expect(() => galleryAddress(`galleries/?gallery=${name}`)).toThrow(/^Expected/);
  });

  it.each([null, undefined, 7, ['door'], { name: 'door' }])('refuses %j, which is no text', (name) => {
    expect(() => checkGalleryName(name)).toThrow(/^Expected/);
  });

  it.each(['a', '0', 'door', 'door-2', 'door_2', 'site.door', 'console', 'com10', 'a'.repeat(63)])(
    'takes %j, as a file and in a database',
    (name) => {
      expect(galleryAddress(addressIn('galleries/', name))).toEqual({
        kind: 'sqlite',
        path: `galleries/${name}.db`,
      });
      expect(galleryAddress(addressIn('postgres://host/db?sslmode=require', name))).toMatchObject({
        kind: 'postgres',
        gallery: name,
        isNamed: true,
      });
    },
  );

  it.each(['galleries?gallery=door', 'sqlite:a/b?gallery=door', '?gallery=door'])(
    'says that %j needs a slash, and makes no file of that name',
    (address) => {
      expect(() => galleryAddress(address)).toThrow(/^Expected a \/ before \?gallery=/);
    },
  );
});
