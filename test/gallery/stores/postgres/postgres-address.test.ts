import { describe, expect, it } from 'vitest';
import { galleryAddress } from '../../../../src/gallery/gallery-address.ts';
import { postgresAddress } from '../../../../src/gallery/stores/postgres/postgres-address.ts';

describe('the address of a gallery in PostgreSQL', () => {
  it.each([
    ['postgres://ann@db/faces', 'default', 'default in postgres://ann@db/faces'],
    ['postgresql://ann@db:6543/faces?gallery=door-2', 'door-2', 'door-2 in postgres://ann@db:6543/faces'],
    ['POSTGRES://ann:secret@db/faces', 'default', 'default in postgres://ann@db/faces'],
    ['postgres:///faces?host=/run/postgresql', 'default', 'default in postgres:///faces'],
    ['postgres://ann:secret@/faces', 'default', 'default in postgres://ann@localhost/faces'],
    [
      'postgres://ann@db/faces?password=secret&sslmode=verify-full&gallery=a.b_c',
      'a.b_c',
      'a.b_c in postgres://ann@db/faces',
    ],
    ['postgres://a%40b:se%2Fcret@db/f', 'default', 'default in postgres://a%40b@db/f'],
  ])('%s names a gallery and is shown without its password', (url, gallery, shown) => {
    expect(galleryAddress(url)).toMatchObject({ kind: 'postgres', gallery, shown });
    expect(postgresAddress(url).connection).not.toContain('gallery=');
  });

  it('keeps for the driver all that it needs', () => {
    const { connection, connections } = postgresAddress(
      'postgres://ann:secret@db/faces?gallery=x&connections=4&sslmode=require',
    );
    expect(connection).toBe('postgres://ann:secret@db/faces?sslmode=require&uselibpqcompat=true');
    expect(connections).toBe(4);
  });

  it.each([
    ['postgres:', 'ERR_INVALID_ARGUMENT'],
    ['postgres:faces?password=secret', 'ERR_INVALID_ARGUMENT'],
    ['postgres:/faces', 'ERR_INVALID_ARGUMENT'],
    ['postgres://ann:secret@db:99999/faces', 'ERR_INVALID_ARGUMENT'],
    ['postgres://ann:sec%zzret@db/faces', 'ERR_INVALID_ARGUMENT'],
    ['postgres://ann:secret@db/faces#x', 'ERR_INVALID_ARGUMENT'],
    ['postgres://ann:secret@db/faces?gallery=', 'ERR_INVALID_ARGUMENT'],
    ['postgres://ann:secret@db/faces?gallery=Door', 'ERR_INVALID_ARGUMENT'],
    ['postgres://ann:secret@db/faces?gallery=a%2Fb', 'ERR_INVALID_ARGUMENT'],
    [`postgres://ann:secret@db/faces?gallery=${'x'.repeat(64)}`, 'ERR_INVALID_ARGUMENT'],
    ['postgres://ann:secret@db/faces?gallery=a&gallery=b', 'ERR_INVALID_ARGUMENT'],
    ['postgres://ann:secret@db/faces?galery=door', 'ERR_INVALID_ARGUMENT'],
    ['postgres://ann:secret@db/faces?connections=1', 'ERR_INVALID_ARGUMENT'],
    ['postgres://ann:secret@db/faces?connections=many', 'ERR_INVALID_ARGUMENT'],
    ['postgres://ann:secret@db/faces?sslmode=prefer', 'ERR_UNSUPPORTED_OPTION'],
    ['postgres://ann:secret@db1,db2/faces', 'ERR_UNSUPPORTED_OPTION'],
  ])('%s is refused, and no password repeated', (url, code) => {
    let error: unknown;
    try {
      galleryAddress(url);
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({ code });
    expect(String(error)).not.toMatch(/secret|sec%zz/);
  });
});
