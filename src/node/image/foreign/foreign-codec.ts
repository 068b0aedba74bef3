/** Formats that sharp does not read and an optional package does. */
export type ForeignFormat = 'heic' | 'jxl';

/** The package that reads each. */
export const FOREIGN_PACKAGES: Readonly<Record<ForeignFormat, string>> = {
  heic: 'libheif-js',
  jxl: '@jsquash/jxl',
};

/** What a thread is to decode. */
export interface ForeignJob {
  readonly format: ForeignFormat;
  readonly bytes: Uint8Array;
  /** Largest width * height of the decoded picture. */
  readonly maxPixels: number;
  /** Pages of 64 KiB that the decoder may have. */
  readonly maxPages: number;
}

/** What it answers. */
export type ForeignAnswer =
  | { readonly width: number; readonly height: number /** RGBA. */; readonly data: Uint8Array }
  | { readonly problem: 'missing' | 'too-large' | 'damaged'; readonly message: string };
