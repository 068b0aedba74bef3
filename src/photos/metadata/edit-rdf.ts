import type { Element } from '@xmldom/xmldom';
import { descriptionsOf, itemsOf, listOf, propertyOf, textOf } from './rdf-values.ts';
import type { XmpDocument } from './xmp-document.ts';
import { splitName, XMP_NAMES, type XmpName, type XmpPrefix } from './xmp-names.ts';

/** Adds an element at the end of another; `null` adds none and gives an element that stands nowhere yet. */
export function addElement(
  { document }: XmpDocument,
  parent: Element | null,
  name: XmpName,
  content: string | { readonly isStructure: true } | null = null,
): Element {
  const { namespace } = splitName(name);
  const element = document.createElementNS(namespace, name);
  if (typeof content === 'string') element.appendChild(document.createTextNode(content));
  else if (content) element.setAttributeNS(XMP_NAMES.rdf, 'rdf:parseType', 'Resource');
  parent?.appendChild(element);
  return element;
}

/** Makes sure that a property of the photo is an element, whatever form the file has it in. */
export function ensureProperty(
  xmp: XmpDocument,
  name: XmpName,
  content: { readonly isStructure: true } | null = null,
): Element {
  const found = propertyOf(xmp, name);
  if (found !== null && typeof found !== 'string') return found;
  return addElement(xmp, ensureDescription(xmp, name), name, content);
}

/** Makes sure that there is a list in an element. */
export function ensureBag(xmp: XmpDocument, holder: Element): Element {
  return listOf(holder) ?? addElement(xmp, holder, 'rdf:Bag');
}

/** The words of a list of words. */
export function wordsOf(xmp: XmpDocument, name: XmpName): readonly string[] {
  return itemsOf(propertyOf(xmp, name)).flatMap((item) => textOf(item) ?? []);
}

/** Adds words to a list of words and takes others out; the rest of the list stays as it is. */
export function changeWords(
  xmp: XmpDocument,
  name: XmpName,
  { add, remove }: { readonly add: readonly string[]; readonly remove: ReadonlySet<string> },
): void {
  for (const item of itemsOf(propertyOf(xmp, name))) {
    if (remove.has(textOf(item) ?? '')) removeElement(item);
  }
  const there = new Set(wordsOf(xmp, name));
  const missing = add.filter((word) => !there.has(word));
  if (missing.length > 0) {
    const bag = ensureBag(xmp, ensureProperty(xmp, name));
    for (const word of missing) addElement(xmp, bag, 'rdf:li', word);
  }
  const property = propertyOf(xmp, name);
  const isEmpty = property !== null && typeof property !== 'string' && itemsOf(property).length === 0;
  if (isEmpty && listOf(property)) removeElement(property);
}

/** Takes an element out, with the blanks before it. */
export function removeElement(element: Element): void {
  const before = element.previousSibling;
  if (before?.nodeType === before?.TEXT_NODE && before?.nodeValue?.trim() === '')
    before.parentNode?.removeChild(before);
  element.parentNode?.removeChild(element);
}

function ensureDescription(xmp: XmpDocument, name: XmpName): Element {
  const [first] = descriptionsOf(xmp);
  const description = first ?? addElement(xmp, xmp.rdf, 'rdf:Description');
  if (!first) description.setAttributeNS(XMP_NAMES.rdf, 'rdf:about', '');
  const prefix = name.slice(0, name.indexOf(':')) as XmpPrefix;
  if (description.lookupNamespaceURI(prefix) === null)
    description.setAttributeNS('http://www.w3.org/2000/xmlns/', `xmlns:${prefix}`, XMP_NAMES[prefix]);
  return description;
}
