/** Names of folders that file servers, systems and photo programs keep among the user's own, in lower case. */
const FOLDERS = new Set([
  // Synology
  ...[
    '@eadir',
    '#recycle',
    '#snapshot',
    '@tmp',
    '@sharebin',
    '@sharesnap',
    '@appstore',
    '@apphome',
    '@appconf',
  ],
  ...['@appdata', '@apptemp', '@database', '@docker', '@s2s', '@img_bkp_cache', '@autoupdate', '@cloudsync'],
  // QNAP, Asustor, Western Digital, Buffalo, NetApp
  ...['@recycle', '@recently-snapshot', '@__thumb', '@__transcode', '@transcode', '@upload_cache', '@__qini'],
  ...['recycle bin', 'trashbox', '~snapshot', 'network trash folder', 'temporary items'],
  // Windows, macOS, Linux
  ...['$recycle.bin', 'recycler', 'recycled', 'system volume information', '$windows.~bt', '$windows.~ws'],
  ...['lost+found', 'lost+found.000', '__macosx', 'found.000'],
]);

/** Folders of Synology that are named after a program, and folders that photo programs keep their own copies in. */
const FOLDER_PATTERNS: readonly RegExp[] = [
  /^@syno/i,
  /\.(lrdata|lrcat-data|photoslibrary|aplibrary|migratedphotolibrary|photolibrary|cocatalogdb|dtrash)$/i,
];

const FILES = new Set([
  ...['thumbs.db', 'thumbs.db:encryptable', 'ehthumbs.db', 'ehthumbs_vista.db', 'desktop.ini', 'folder.htt'],
  ...['picasa.ini', 'icon\r', 'zbthumbnail.info', 'autorun.inf'],
]);

/** Files of Synology's indexer. */
const FILE_PATTERNS: readonly RegExp[] = [/@syno(eastream|resource)$/i, /^synophoto_/i, /^syno@/i];

/**
 * Whether a name belongs to a file server, a system or a photo program and not to the user's photos.
 *
 * @remarks Names are compared whole: a person called "#1 Fan" or "@ada" stays a person.
 */
export function isSystemName(name: string, kind: 'folder' | 'file'): boolean {
  const lower = name.toLowerCase();
  // The other half of a file on a disk that has no room for macOS's attributes.
  if (kind === 'file' && name.startsWith('._')) return true;
  return kind === 'folder'
    ? FOLDERS.has(lower) || FOLDER_PATTERNS.some((pattern) => pattern.test(name))
    : FILES.has(lower) || FILE_PATTERNS.some((pattern) => pattern.test(name));
}

/** Hidden files of which "hidden" would not say enough. */
const HIDDEN_SYSTEM =
  /^\.(ds_store|apdisk|localized|nomedia|picasa\.ini|directory|hidden|trash-\d+|trash|trashes|@__.*|@upload_cache|recycle.*|snapshots?|zfs|appledouble|spotlight-v100|fseventsd|temporaryitems|documentrevisions-v100|thumbnails|thumb|picasaoriginals|wdmc|wdcache|stfolder|stversions|dtrash|dropbox.*|synology.*)$/i;

/** Whether a hidden file or folder is a system's. */
export function isHiddenSystemName(name: string): boolean {
  return HIDDEN_SYSTEM.test(name) || name.startsWith('._');
}

/** Whether a file stands for a photo that is still in iCloud: ".IMG_0001.HEIC.icloud". */
export function isCloudPlaceholder(name: string): boolean {
  return /^\..+\.icloud$/i.test(name);
}
