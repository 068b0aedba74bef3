import { dirname, resolve } from 'node:path';
import { FaceTriggerError } from '../../core/errors.ts';
import { galleryAddress } from '../../gallery/gallery-address.ts';
import { readYamlFile } from '../../node/files/yaml-file.ts';
import { isCameraName } from '../../watch/source/camera-source.ts';
import { foldersBeside, readTriggers, type Triggers } from '../../watch/triggers/read-triggers.ts';
import type { CameraConfig } from './camera-schema.ts';
import { type HomeConfig, homeConfigSchema } from './home-config.ts';
import type { ServerConfig } from './server-schema.ts';
import { isBroker } from './telling-schema.ts';
import { fromEnvironment } from './text-schema.ts';

/** A configuration with all that it refers to: files beside it and variables. */
export interface ReadHomeConfig extends Omit<HomeConfig, 'triggers' | 'server'> {
  /** Where it was read from. */
  readonly path: string;
  readonly triggers: Triggers | null;
  /** Where its triggers were read from. */
  readonly triggersPath: string;
  readonly server: ServerConfig | null;
}

/**
 * Reads what `face-trigger run` is told to do.
 *
 * @param path - YAML or JSON; other files that it names stand beside it unless their paths are absolute
 * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_FILE_READ`; `ERR_FILE_FORMAT` with a line for each mistake;
 * `ERR_INVALID_ARGUMENT` for a variable that is not set or a gallery's address that is none
 */
export async function readHomeConfig(path: string): Promise<ReadHomeConfig> {
  const config = await readYamlFile(path, homeConfigSchema);
  const folder = dirname(resolve(path));
  const beside = (file: string) => resolve(folder, file);
  const triggersPath = typeof config.triggers === 'string' ? beside(config.triggers) : path;
  const { server } = config;
  return {
    ...config,
    path,
    cameras: Object.fromEntries(
      Object.entries(config.cameras).map(([name, camera]) => [name, streamsBeside(camera, beside)]),
    ),
    gallery: galleryBeside(set(config.gallery, 'gallery'), beside),
    triggers: await triggersOf(config, triggersPath),
    triggersPath,
    mqtt: config.mqtt && {
      url: brokerOf(config.mqtt.url),
      username: config.mqtt.username && set(config.mqtt.username, 'mqtt.username'),
      password: config.mqtt.password && set(config.mqtt.password, 'mqtt.password'),
    },
    ...(config.snapshots !== undefined && { snapshots: beside(config.snapshots) }),
    server:
      server === false
        ? null
        : { ...server, keys: keysBeside(server.keys, beside), settings: beside(server.settings) },
  };
}

async function triggersOf({ triggers, timeZone }: HomeConfig, path: string): Promise<Triggers | null> {
  if (triggers === undefined) return null;
  if (typeof triggers !== 'string')
    return { triggers: foldersBeside(triggers, path), timeZone: timeZone ?? null };
  const read = await readTriggers(path);
  return { ...read, timeZone: read.timeZone ?? timeZone ?? null };
}

/** The text itself, or that of the variable it names. */
function set(text: string, name: string): string {
  const found = fromEnvironment(text);
  if ('text' in found) return found.text;
  throw new FaceTriggerError(
    'ERR_INVALID_ARGUMENT',
    `The variable ${found.missing}, which holds ${name}, is not set`,
  );
}

function brokerOf(text: string): string {
  const url = set(text, 'mqtt.url');
  if (isBroker(url)) return url;
  // It may hold a password, so it is not repeated.
  const message = `The variable ${text.replace(/^env:/, '')}, which holds mqtt.url, is no address such as mqtt://broker.lan`;
  throw new FaceTriggerError('ERR_INVALID_ARGUMENT', message);
}

function streamsBeside(camera: CameraConfig, beside: (file: string) => string): CameraConfig {
  const { url, detectUrl } = camera;
  return {
    ...camera,
    url: isPlainPath(url) ? beside(url) : url,
    ...(detectUrl !== undefined && { detectUrl: isPlainPath(detectUrl) ? beside(detectUrl) : detectUrl }),
  };
}

/** Whether a camera is a film or a folder: what looks like an address stays as it was written, and is told so. */
function isPlainPath(text: string): boolean {
  return text !== '-' && (!/[:@]/.test(text) || /^[a-z]:[/\\]/i.test(text)) && !isCameraName(text);
}

function galleryBeside(text: string, beside: (file: string) => string): string {
  const address = galleryAddress(text);
  return address.kind === 'sqlite' ? beside(address.path) : text;
}

/** A file, or the address of a database. */
function keysBeside(keys: string, beside: (file: string) => string): string {
  const text = set(keys, 'server.keys');
  return /^[a-z]{2,}:/i.test(text) ? text : beside(text);
}
