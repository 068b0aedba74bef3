import type { Gallery } from '../../gallery/gallery.ts';
import { galleryNetworks } from '../../gallery/gallery-networks.ts';
import type { ReadHomeConfig } from '../../home/config/read-home-config.ts';
import type { ServerConfig } from '../../home/config/server-schema.ts';
import type { Home } from '../../home/home.ts';
import { ApiKeys } from '../../server/api-keys.ts';
import type { FaceTriggerServer } from '../../server/create-server.ts';
import { LogStream } from '../../server/log-stream.ts';
import { ServerSettings } from '../../server/server-settings.ts';
import { isDatabase, ServerDatabase } from '../../server/shared/server-database.ts';
import { Cleanup } from '../cleanup.ts';
import { galleryPlace } from '../gallery-place.ts';
import { openJobs } from '../jobs/open-jobs.ts';
import { packageVersion } from '../package-version.ts';
import { photosBeside } from '../photos-beside.ts';

/**
 * Opens the settings that are made in the page of a home: what was changed there goes before its file.
 *
 * @returns null: it has no page
 * @throws FaceTriggerError as `ServerSettings.open`
 */
export async function openHomeSettings(
  { server, recognition }: ReadHomeConfig,
  gallery: Pick<Gallery, 'thresholds'>,
): Promise<ServerSettings | null> {
  if (server === null) return null;
  const maxDistance = recognition.maxDistance ?? gallery.thresholds.identify;
  return ServerSettings.open({ path: server.settings, maxDistance });
}

interface HomeServerParts {
  readonly log: (message: string) => void;
  readonly settings: ServerSettings;
}

/**
 * Starts the page and the API of a home.
 *
 * @throws FaceTriggerError as `createServer`
 */
export async function serveHome(
  home: Home,
  config: ServerConfig,
  given: HomeServerParts,
): Promise<FaceTriggerServer> {
  const parts = new Cleanup();
  try {
    const server = await start(home, config, { ...given, parts });
    const close = async () => {
      await server.close();
      await parts[Symbol.asyncDispose]();
    };
    return { url: server.url, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await parts[Symbol.asyncDispose]();
    throw error;
  }
}

async function start(
  home: Home,
  config: ServerConfig,
  { log, settings, parts }: HomeServerParts & { readonly parts: Cleanup },
): Promise<FaceTriggerServer> {
  // The server brings a web framework along, which a check of the file must not pay for.
  const { createServer } = await import('../../server/create-server.ts');
  const { gallery } = home;
  const { commercial, detection, liveness } = home.config.recognition;
  const address = home.config.gallery;
  const opened = <Part extends AsyncDisposable | null>(part: Part): Part => {
    parts.defer(() => part?.[Symbol.asyncDispose]());
    return part;
  };
  // What it has in common with other servers over the same database.
  const shared = opened(isDatabase(address) ? await ServerDatabase.open(address) : null);
  const keys = opened(await ApiKeys.open(config.keys));
  const hasKeys = (await keys.list()).length > 0;
  const place = await galleryPlace(address);
  const photos = opened(await photosBeside(gallery, place.main));
  const jobs = opened(await openJobs({ ...place, all: null }));
  // What there is to say about the networks was said when the home was opened.
  const networks = await galleryNetworks(gallery, home.config.recognition, () => undefined);
  // On stdout stands what happens, for other programs.
  const logStream = new LogStream(2);
  parts.defer(() => logStream.close());
  const server = await createServer({
    logStream,
    gallery,
    home,
    ...(photos && { photos }),
    ...(jobs && { jobs: { queue: jobs.queue, running: 1, allowInternal: [] } }),
    keys: hasKeys ? keys : null,
    firstKeys: keys,
    settings,
    ...(shared && { shared }),
    galleryName: place.name,
    version: packageVersion(),
    ...{ host: config.host, port: config.port, logLevel: config.logLevel },
    requestsPerMinute: config.rate,
    allowedOrigins: config.origins,
    trustedProxies: config.trustedProxies,
    pool: { workers: config.workers, pipeline: { commercial, detection, threads: 1, liveness, ...networks } },
  });
  log(`the page is at ${server.url}`);
  if (!hasKeys)
    log('WARNING: there are no API keys. Everybody on this machine can read and change the gallery');
  return server;
}
