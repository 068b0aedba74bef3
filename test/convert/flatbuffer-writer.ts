/** Something in a FlatBuffers file; one that stands in several places is written once, as builders do. */
export type Flat =
  | { readonly kind: 'table'; readonly fields: readonly (Flat | Scalar | null)[] }
  | { readonly kind: 'tables'; readonly items: readonly Flat[] }
  | { readonly kind: 'integers'; readonly items: readonly number[] }
  | { readonly kind: 'bytes'; readonly items: Uint8Array };
type Scalar =
  | { readonly kind: 'i8'; readonly value: number }
  | { readonly kind: 'i32'; readonly value: number };

export const table = (...fields: readonly (Flat | Scalar | null)[]): Flat => ({ kind: 'table', fields });
export const tables = (items: readonly Flat[]): Flat => ({ kind: 'tables', items });
export const integers = (...items: readonly number[]): Flat => ({ kind: 'integers', items });
export const bytes = (items: Uint8Array): Flat => ({ kind: 'bytes', items });
export const text = (value: string): Flat => bytes(new TextEncoder().encode(value));
export const i8 = (value: number): Scalar => ({ kind: 'i8', value });
export const i32 = (value: number): Scalar => ({ kind: 'i32', value });

/** Writes a file by hand, so that it can be as hostile as no builder's. */
export function writeFlatbuffer(root: Flat, identifier: string): Uint8Array {
  // Offsets lead forward: whoever refers to something comes before it.
  const order: Flat[] = [];
  const seen = new Set<Flat>();
  const visit = (node: Flat): void => {
    if (seen.has(node)) return;
    seen.add(node);
    for (const child of childrenOf(node)) visit(child);
    order.push(node);
  };
  visit(root);
  order.reverse();
  const places = new Map<Flat, number>();
  let end = 8;
  for (const node of order) {
    places.set(node, node.kind === 'table' ? end + vtableBytes(node.fields.length) : end);
    end += sizeOf(node);
  }
  const file = new Uint8Array(end);
  const view = new DataView(file.buffer);
  const refer = (at: number, to: Flat) => view.setUint32(at, places.get(to)! - at, true);
  refer(0, root);
  file.set(new TextEncoder().encode(identifier), 4);
  for (const node of order) {
    const at = places.get(node)!;
    if (node.kind === 'table') {
      const vtable = at - vtableBytes(node.fields.length);
      view.setInt32(at, at - vtable, true);
      view.setUint16(vtable, 4 + 2 * node.fields.length, true);
      node.fields.forEach((field, i) => {
        if (field === null) return;
        view.setUint16(vtable + 4 + 2 * i, 4 + 4 * i, true);
        if (field.kind === 'i8') view.setInt8(at + 4 + 4 * i, field.value);
        else if (field.kind === 'i32') view.setInt32(at + 4 + 4 * i, field.value, true);
        else refer(at + 4 + 4 * i, field);
      });
      continue;
    }
    view.setUint32(at, node.items.length, true);
    if (node.kind === 'bytes') file.set(node.items, at + 4);
    else if (node.kind === 'integers')
      node.items.forEach((item, i) => {
        view.setInt32(at + 4 + 4 * i, item, true);
      });
    else
      node.items.forEach((item, i) => {
        refer(at + 4 + 4 * i, item);
      });
  }
  return file;
}

function childrenOf(node: Flat): readonly Flat[] {
  if (node.kind === 'tables') return node.items;
  if (node.kind !== 'table') return [];
  return node.fields.flatMap((field) =>
    field === null || field.kind === 'i8' || field.kind === 'i32' ? [] : [field],
  );
}

function vtableBytes(fields: number): number {
  return Math.ceil((4 + 2 * fields) / 4) * 4;
}

function sizeOf(node: Flat): number {
  if (node.kind === 'table') return vtableBytes(node.fields.length) + 4 + 4 * node.fields.length;
  const length = node.kind === 'bytes' ? node.items.length : 4 * node.items.length;
  return 4 + Math.ceil(length / 4) * 4;
}
