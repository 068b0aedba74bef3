import { describe, expect, it } from 'vitest';
import { MAX_XMP_BYTES, parseXmp, serializeXmp } from '../../../src/photos/metadata/xmp-document.ts';
import { digikamSidecar } from './xmp-fixtures.ts';

const RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"';

describe('parseXmp refuses', () => {
  it.each([
    ['what is no XML', 'hello'],
    ['XML without RDF', '<a/>'],
    [
      'a document type, before its entities are looked at',
      `<!DOCTYPE x [<!ENTITY a "aaaa">]><rdf:RDF ${RDF}>&a;</rdf:RDF>`,
    ],
    ['an entity that nobody declared', `<rdf:RDF ${RDF}>&file;</rdf:RDF>`],
    [
      'elements that nest without an end',
      `<rdf:RDF ${RDF}>${'<a>'.repeat(200)}${'</a>'.repeat(200)}</rdf:RDF>`,
    ],
    ['more tags than any program writes', `<rdf:RDF ${RDF}>${'<a/>'.repeat(70_000)}</rdf:RDF>`],
    ['more bytes than any program writes', ' '.repeat(MAX_XMP_BYTES + 1)],
    ['a packet that is cut off', digikamSidecar({ width: 1, height: 1 }).slice(0, 900)],
  ])('%s', (_, text) => {
    for (const packet of [text, new TextEncoder().encode(text)])
      expect(() => parseXmp(packet)).toThrow(expect.objectContaining({ code: 'ERR_FILE_FORMAT' }));
  });

  it('bytes that are no text', () => {
    expect(() => parseXmp(Uint8Array.of(0xff, 0x00, 0x80, 0x3c))).toThrow(
      expect.objectContaining({ code: 'ERR_FILE_FORMAT' }),
    );
  });
});

describe('parseXmp reads', () => {
  it('many elements beside each other, none of them deep', () => {
    expect(parseXmp(`<rdf:RDF ${RDF}>${'<a><b/></a>'.repeat(500)}</rdf:RDF>`).rdf.childNodes.length).toBe(
      500,
    );
  });

  it.each(['utf-16le', 'utf-16be'] as const)('%s, as its mark says', (encoding) => {
    const text = `\ufeff${digikamSidecar({ width: 2, height: 1 }).replace("'\ufeff'", "''")}`;
    const bytes = Buffer.from(text, 'utf16le');
    if (encoding === 'utf-16be') bytes.swap16();
    expect(serializeXmp(parseXmp(bytes))).toContain('Ada Lovelace');
  });

  it('what it wrote, to the last sign', () => {
    const once = serializeXmp(parseXmp(digikamSidecar({ width: 2, height: 1 })));
    expect(serializeXmp(parseXmp(once))).toBe(once);
  });
});
