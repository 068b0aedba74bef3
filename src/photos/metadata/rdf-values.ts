import type { Element } from '@xmldom/xmldom';
import type { XmpDocument } from './xmp-document.ts';
import { splitName, XMP_NAMES, type XmpName } from './xmp-names.ts';

/**
 * A property's value: an element that holds it, or text where the file has it as an attribute.
 *
 * @remarks RDF/XML writes one thing in many ways (ISO 16684-1, 7): a property may be an element or an attribute, a
 * structure has its fields as elements, as attributes, or in an `rdf:Description` of its own.
 */
export type RdfValue = Element | string;

/** A property of the photo. @returns `null` where there is none */
export function propertyOf(xmp: XmpDocument, name: XmpName): RdfValue | null {
  for (const description of descriptionsOf(xmp)) {
    const found = ownField(description, name);
    if (found !== null) return found;
  }
  return null;
}

/** The `rdf:Description` elements that hold the photo's properties. */
export function descriptionsOf({ rdf }: XmpDocument): readonly Element[] {
  return childrenOf(rdf).filter((child) => isNamed(child, 'rdf:Description'));
}

/** A field of a structure. @returns `null` where there is none, or the value is no structure */
export function fieldOf(value: RdfValue | null, name: XmpName): RdfValue | null {
  if (value === null || typeof value === 'string') return null;
  for (const holder of [value, ...childrenOf(value).filter((child) => isNamed(child, 'rdf:Description'))]) {
    const found = ownField(holder, name);
    if (found !== null) return found;
  }
  return null;
}

/** The items of a list (`rdf:Bag`, `rdf:Seq`, `rdf:Alt`); empty where the value is none. */
export function itemsOf(value: RdfValue | null): readonly Element[] {
  const list = listOf(value);
  return list ? childrenOf(list).filter((child) => isNamed(child, 'rdf:li')) : [];
}

/** The element that holds the items of a list. */
export function listOf(value: RdfValue | null): Element | null {
  if (value === null || typeof value === 'string') return null;
  const kinds: readonly XmpName[] = ['rdf:Bag', 'rdf:Seq', 'rdf:Alt'];
  return childrenOf(value).find((child) => kinds.some((kind) => isNamed(child, kind))) ?? null;
}

/** A value as text. @returns `null` where there is none, or it is empty */
export function textOf(value: RdfValue | null): string | null {
  const text = (typeof value === 'string' ? value : value?.textContent)?.trim();
  return text ? text : null;
}

/** A value as a number. @returns `null` where it is none */
export function numberOf(value: RdfValue | null): number | null {
  const text = textOf(value);
  const number = text === null ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : null;
}

/** The elements directly in an element. */
export function childrenOf(element: Element): readonly Element[] {
  const children: Element[] = [];
  for (let node = element.firstChild; node; node = node.nextSibling)
    if (node.nodeType === node.ELEMENT_NODE) children.push(node as Element);
  return children;
}

/** Whether an element is this property. */
export function isNamed(element: Element, name: XmpName): boolean {
  const { namespace, local } = splitName(name);
  return element.localName === local && element.namespaceURI === namespace;
}

function ownField(holder: Element, name: XmpName): RdfValue | null {
  const { namespace, local } = splitName(name);
  const child = childrenOf(holder).find((one) => isNamed(one, name));
  if (child) return child.getAttributeNS(XMP_NAMES.rdf, 'resource') ?? child;
  return holder.getAttributeNS(namespace, local);
}
