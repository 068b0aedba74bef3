import { extname } from 'node:path';

/** Where programs put a photo's sidecar. */
export interface SidecarPaths {
  /** `photo.jpg.xmp`, as digiKam, darktable and Immich do. */
  readonly full: string;
  /** `photo.xmp`, as Adobe's programs do. */
  readonly adobe: string;
}

/** The sidecars that a photo may have. */
export function sidecarPaths(photo: string): SidecarPaths {
  const extension = extname(photo);
  return { full: `${photo}.xmp`, adobe: `${extension ? photo.slice(0, -extension.length) : photo}.xmp` };
}
