// What rooms that run anywhere may use beside JavaScript itself: what Node and every browser have in one form.
// tsconfig.core.json compiles them with this in place of the types of Node.
declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>;
}
declare class TextDecoder {
  constructor(encoding?: string, options?: { readonly fatal?: boolean; readonly ignoreBOM?: boolean });
  decode(bytes?: Uint8Array): string;
}
declare class URL {
  constructor(address: string | URL, base?: string | URL);
  readonly href: string;
}
declare class AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
}
