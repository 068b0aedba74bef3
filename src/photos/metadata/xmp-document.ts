import { DOMParser, type Document, type Element, onErrorStopParsing, XMLSerializer } from '@xmldom/xmldom';
import { FaceTriggerError } from '../../core/errors.ts';
import { XMP_NAMES } from './xmp-names.ts';

/** Largest packet or sidecar that is read, in bytes; with years of a RAW converter's history they have some 100 kB. */
export const MAX_XMP_BYTES = 4_000_000;
/** Far more than any program writes. */
const MOST_TAGS = 60_000;
const DEEPEST = 100;

/** An XMP packet as a tree: see {@link parseXmp}. */
export interface XmpDocument {
  readonly document: Document;
  /** The element `rdf:RDF`. */
  readonly rdf: Element;
}

/**
 * Reads a packet of XMP, as it stands in a sidecar or in a picture.
 *
 * @throws FaceTriggerError `ERR_FILE_FORMAT` for what is no XMP, has a document type (XMP has none, and entities are how
 * small files grow large), or is larger or deeper than any program writes it
 */
export function parseXmp(packet: string | Uint8Array): XmpDocument {
  const text = typeof packet === 'string' ? packet : decode(packet);
  if (text.length > MAX_XMP_BYTES) throw refused(`it has more than ${MAX_XMP_BYTES} bytes`);
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) throw refused('it has a document type');
  let tags = 0;
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', at + 1)) tags++;
  if (tags > MOST_TAGS) throw refused(`it has more than ${MOST_TAGS} tags`);
  let document: Document;
  try {
    document = new DOMParser({ onError: onErrorStopParsing, locator: false }).parseFromString(
      text,
      'text/xml',
    );
  } catch (cause) {
    throw refused((cause as Error).message.split('\n')[0]!.slice(0, 200), cause);
  }
  refuseDeep(document);
  const rdf = document.getElementsByTagNameNS(XMP_NAMES.rdf, 'RDF').item(0);
  if (!rdf) throw refused('there is no rdf:RDF in it');
  return { document, rdf };
}

/** A packet without properties. */
export function emptyXmp(): XmpDocument {
  return parseXmp(
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n' +
      `<x:xmpmeta xmlns:x="${XMP_NAMES.x}" x:xmptk="face-trigger">\n` +
      ` <rdf:RDF xmlns:rdf="${XMP_NAMES.rdf}">\n </rdf:RDF>\n` +
      '</x:xmpmeta>\n<?xpacket end="w"?>',
  );
}

/** @returns XML with all that was in the packet when it was read, and what was changed since */
export function serializeXmp({ document }: XmpDocument): string {
  return `${new XMLSerializer().serializeToString(document)}\n`;
}

function decode(bytes: Uint8Array): string {
  if (bytes.length > MAX_XMP_BYTES) throw refused(`it has more than ${MAX_XMP_BYTES} bytes`);
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  try {
    // Packets in pictures may end with a zero.
    return new TextDecoder(encoding, { fatal: true }).decode(bytes).replace(/\0+$/, '');
  } catch (cause) {
    throw refused(`it is no ${encoding.toUpperCase()}`, cause);
  }
}

function refuseDeep(document: Document): void {
  let depth = 0;
  let node = document.documentElement as Element | null;
  while (node) {
    const child = firstElement(node.firstChild);
    if (child) {
      if (++depth > DEEPEST) throw refused(`its elements are more than ${DEEPEST} deep`);
      node = child;
      continue;
    }
    let next: Element | null = null;
    for (let up: Element | null = node; up && !next; depth--) {
      next = firstElement(up.nextSibling);
      if (next) break;
      up = up.parentNode?.nodeType === up.ELEMENT_NODE ? (up.parentNode as Element) : null;
    }
    node = next;
  }
}

function firstElement(node: Element['firstChild']): Element | null {
  let at = node;
  while (at && at.nodeType !== at.ELEMENT_NODE) at = at.nextSibling;
  return at as Element | null;
}

function refused(why: string, cause?: unknown): FaceTriggerError {
  return new FaceTriggerError('ERR_FILE_FORMAT', `The XMP cannot be read: ${why}`, { cause });
}
