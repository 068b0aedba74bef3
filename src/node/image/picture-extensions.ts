/**
 * Extensions, lower case without the dot, of the pictures that are read: the one list of the command line, folders of
 * people, watched folders, the server and the web page.
 */
export const IMAGE_EXTENSIONS: readonly string[] = [
  ...['heic', 'heif', 'hif', 'heics', 'heifs', 'jxl'],
  // RAW files: the JPEG of the picture that the camera put into them.
  ...[
    'cr2',
    'cr3',
    'nef',
    'nrw',
    'arw',
    'sr2',
    'srf',
    'dng',
    'raf',
    'orf',
    'ori',
    'rw2',
    'rwl',
    'pef',
    'srw',
  ],
  ...['3fr', 'fff', 'iiq', 'mef', 'mos', 'erf', 'gpr'],
  ...['jpg', 'jpeg', 'jpe', 'jfif', 'jif', 'pjpeg', 'pjp'],
  ...['png', 'apng', 'webp', 'avif', 'avifs', 'tif', 'tiff', 'gif', 'bmp', 'dib', 'pgm', 'ppm', 'pnm'],
];

/** What pictures of other kinds are. */
const UNSUPPORTED_PICTURES: Readonly<Record<string, readonly string[]>> = {
  "a camera's RAW file of an old kind": [
    'crw',
    'raw',
    'ptx',
    'x3f',
    'mrw',
    'kdc',
    'dcr',
    'k25',
    'bay',
    'cap',
    'dcs',
  ],
  'a Photoshop document': ['psd', 'psb'],
  'a drawing': ['svg', 'svgz', 'eps', 'ai', 'wmf', 'emf', 'cdr'],
  'a PDF document': ['pdf'],
  'a JPEG 2000 picture': ['jp2', 'j2k', 'jpf', 'jpx', 'jpm', 'j2c'],
  'a JPEG XR picture': ['jxr', 'wdp', 'hdp'],
  'a bitmap, PAM or PFM file': ['pbm', 'pam', 'pfm'],
  'a picture of another kind': [
    'tga',
    'ico',
    'cur',
    'icns',
    'pcx',
    'dds',
    'exr',
    'hdr',
    'xcf',
    'kra',
    'xpm',
    'xbm',
  ],
};

const VIDEOS = [
  ...[
    'mp4',
    'm4v',
    'mov',
    'qt',
    'avi',
    'mkv',
    'webm',
    'mpg',
    'mpeg',
    'mpe',
    'mts',
    'm2ts',
    'ts',
    'vob',
    'wmv',
  ],
  ...['asf', 'flv', 'f4v', '3gp', '3g2', 'ogv', 'insv', 'lrv', 'mjpeg', 'mjpg', 'h264', 'hevc'],
];

/** Names that a file has while it is still being written or fetched. */
const UNFINISHED = [
  'tmp',
  'temp',
  'part',
  'partial',
  'crdownload',
  'download',
  'filepart',
  'opdownload',
  'swp',
];

/** What a file's extension says that it is. */
export type ExtensionKind =
  | { readonly kind: 'image' | 'video' | 'unfinished' | 'unknown' }
  /** `what` names it, with its article. */
  | { readonly kind: 'unsupported'; readonly what: string };

/** Tells by a file's name what it is; what it holds is for the reader to find out. */
export function extensionKind(name: string): ExtensionKind {
  const extension = extensionOf(name);
  if (IMAGE_EXTENSIONS.includes(extension)) return { kind: 'image' };
  if (VIDEOS.includes(extension)) return { kind: 'video' };
  if (UNFINISHED.includes(extension) || name.endsWith('~')) return { kind: 'unfinished' };
  for (const [what, extensions] of Object.entries(UNSUPPORTED_PICTURES)) {
    if (extensions.includes(extension)) return { kind: 'unsupported', what };
  }
  return { kind: 'unknown' };
}

/** Whether a file's name says that it is a picture that can be read. */
export function hasImageExtension(name: string): boolean {
  return IMAGE_EXTENSIONS.includes(extensionOf(name));
}

function extensionOf(name: string): string {
  return /[^/\\]\.([^./\\]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
}
