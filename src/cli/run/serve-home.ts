import { galleryNetworks } from '../../gallery/gallery-networks.ts';
import type { ServerConfig } from '../../home/config/server-schema.ts';
import type { Home } from '../../home/home.ts';
import { ApiKeys } from '../../server/api-keys.ts';
import type { FaceTriggerServer } from '../../server/create-server.ts';
import { ServerSettings } from '../../server/server-settings.ts';
import { packageVersion } from '../package-version.ts';

/**
 * Starts the page and the API of a home.
 *
 * @throws FaceTriggerError as `createServer`
 */
export async function serveHome(
  home: Home,
  config: ServerConfig,
  log: (message: string) => void,
): Promise<FaceTriggerServer> {
  // The server brings a web framework along, which a check of the file must not pay for.
  const { createServer } = await import('../../server/create-server.ts');
  const { gallery } = home;
  const { commercial, detection, liveness, maxDistance } = home.config.recognition;
  const keys = await ApiKeys.open(config.keys);
  const hasKeys = (await keys.list()).length > 0;
  const settings = await ServerSettings.open({
    path: config.settings,
    maxDistance: maxDistance ?? gallery.thresholds.identify,
  });
  // What there is to say about the networks was said when the home was opened.
  const networks = await galleryNetworks(gallery, home.config.recognition, () => undefined);
  const server = await createServer({
    gallery,
    home,
    keys: hasKeys ? keys : null,
    firstKeys: keys,
    settings,
    version: packageVersion(),
    ...{ host: config.host, port: config.port, logLevel: config.logLevel },
    requestsPerMinute: config.rate,
    allowedOrigins: config.origins,
    trustedProxies: config.trustedProxies,
    pool: { workers: config.workers, pipeline: { commercial, detection, threads: 1, liveness, ...networks } },
  }).catch(async (error: unknown) => {
    await keys[Symbol.asyncDispose]();
    throw error;
  });
  log(`the page is at ${server.url}`);
  if (!hasKeys)
    log('WARNING: there are no API keys. Everybody on this machine can read and change the gallery');
  const close = async () => {
    await server.close();
    await keys[Symbol.asyncDispose]();
  };
  return { url: server.url, close, [Symbol.asyncDispose]: close };
}
