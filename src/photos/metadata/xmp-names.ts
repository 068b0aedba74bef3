/**
 * Namespaces of XMP, with the prefixes that programs usually write.
 *
 * @remarks Sources: XMP specification part 1 and 2 (ISO 16684-1), the Metadata Working Group's guidelines 2.0 (mwg-rs,
 * stArea, stDim), Microsoft's "People Tagging Overview" (MP, MPRI, MPReg), IPTC Photo Metadata 2023 (Iptc4xmpExt), and
 * ExifTool's tables of tags for Lightroom's (lr).
 */
export const XMP_NAMES = {
  rdf: 'http://www.w3.org/1999/02/22-rdf-syntax-ns#',
  x: 'adobe:ns:meta/',
  dc: 'http://purl.org/dc/elements/1.1/',
  lr: 'http://ns.adobe.com/lightroom/1.0/',
  photoshop: 'http://ns.adobe.com/photoshop/1.0/',
  xmpNote: 'http://ns.adobe.com/xmp/note/',
  Iptc4xmpExt: 'http://iptc.org/std/Iptc4xmpExt/2008-02-29/',
  'mwg-rs': 'http://www.metadataworkinggroup.com/schemas/regions/',
  stArea: 'http://ns.adobe.com/xmp/sType/Area#',
  stDim: 'http://ns.adobe.com/xap/1.0/sType/Dimensions#',
  MP: 'http://ns.microsoft.com/photo/1.2/',
  MPRI: 'http://ns.microsoft.com/photo/1.2/t/RegionInfo#',
  MPReg: 'http://ns.microsoft.com/photo/1.2/t/Region#',
  /** Marks what face-trigger wrote, so that it touches nothing else when it writes again. */
  faceTrigger: 'urn:face-trigger:xmp:1#',
} as const;

/** A prefix of {@link XMP_NAMES}. */
export type XmpPrefix = keyof typeof XMP_NAMES;

/** A property's name, such as `dc:subject`; the prefix stands for its namespace, whatever the file calls it. */
export type XmpName = `${XmpPrefix}:${string}`;

/** @returns the namespace and the name without prefix */
export function splitName(name: XmpName): { readonly namespace: string; readonly local: string } {
  const colon = name.indexOf(':');
  return { namespace: XMP_NAMES[name.slice(0, colon) as XmpPrefix], local: name.slice(colon + 1) };
}
