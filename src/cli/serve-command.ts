import { once } from 'node:events';
import { type Command, Option } from 'commander';
import { galleryExists } from '../gallery/gallery-exists.ts';
import { type OpenGalleryOptions, openGallery } from '../gallery/open-gallery.ts';
import type { ModelPrecision } from '../models/model-pack.ts';
import type { DetectionMode } from '../node/models/open-models.ts';
import { packageEmbedder } from '../node/models/packaged-models.ts';
import { ApiKeys } from '../server/api-keys.ts';
import { ServerSettings } from '../server/server-settings.ts';
import type { CommandContext } from './command-context.ts';
import { galleryNetworks } from './gallery/gallery-networks.ts';
import { openJobs } from './jobs/open-jobs.ts';
import { DEFAULT_KEYS_FILE } from './keys/default-keys-file.ts';
import { addLivenessOptions, type LivenessFlags, livenessChoice } from './options/liveness-options.ts';
import { addNetworkOptions, detectionOption, precisionOption } from './options/network-options.ts';
import { integerAtLeast, numberBetween } from './options/number-option.ts';
import { packageVersion } from './package-version.ts';

interface ServeOptions extends LivenessFlags {
  readonly gallery: string;
  readonly keys: string;
  readonly settings: string;
  readonly host: string;
  readonly port: number;
  readonly workers: number;
  readonly detection: DetectionMode;
  readonly models?: string | undefined;
  readonly commercial?: true | undefined;
  readonly precision?: ModelPrecision | undefined;
  readonly threads: number;
  readonly queue: number;
  readonly maxDistance?: number | undefined;
  readonly minFaceSize?: number | undefined;
  readonly maxMegapixels: number;
  readonly maxMegabytes: number;
  readonly timeout: number;
  readonly rate: number;
  readonly origin: string[];
  readonly trustedProxy: string[];
  readonly thumbnails?: true | undefined;
  readonly jobs: number;
  readonly allowInternal: string[];
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent';
}

const DEFAULT_SETTINGS_FILE = 'face-trigger-settings.json';

/** Adds `serve`. */
export function addServeCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('serve')
    .description('answer "who is this?" over HTTP; also speaks the API of CompreFace')
    .requiredOption(
      '--gallery <file>',
      'the gallery, or postgres://user@host/database?gallery=name; created if it does not exist',
      'gallery.db',
    )
    .requiredOption('--keys <file>', 'file with API keys that "keys create" made', DEFAULT_KEYS_FILE)
    .requiredOption(
      '--settings <file>',
      'file with the settings made in the web page; they take precedence over --max-distance',
      DEFAULT_SETTINGS_FILE,
    )
    .option(
      '--host <address>',
      'address to listen on; addresses that other machines can reach need API keys',
      '127.0.0.1',
    )
    .option('--port <n>', 'port to listen on, 0 for a free one', integerAtLeast(0), 8000)
    .option(
      '--workers <n>',
      'processes that analyze pictures, each with its own models',
      integerAtLeast(1),
      1,
    )
    .addOption(detectionOption('fast'))
    .addOption(precisionOption('fp32 for a new gallery, else that of its faces'))
    .option('--threads <n>', "threads for each worker's networks", integerAtLeast(1), 2)
    .option('--queue <n>', 'pictures that may wait; more are refused with 429', integerAtLeast(0), 32)
    .option(
      '--max-distance <d>',
      "farther away than this is unknown (default: the gallery's)",
      numberBetween(0, 100),
    )
    .option(
      '--min-face-size <pixels>',
      "size of the smallest face to find unless a request gives another (default: from 40, depending on the picture's size)",
      integerAtLeast(20),
    )
    .option('--max-megabytes <n>', 'largest upload', integerAtLeast(1), 10)
    .option('--max-megapixels <n>', 'largest picture', integerAtLeast(1), 30)
    .option('--timeout <seconds>', 'longest time for one request', integerAtLeast(1), 30)
    .option('--rate <n>', 'requests per minute for one key', integerAtLeast(1), 600)
    .option('--origin <url...>', 'origins of other web pages that may use the API', [])
    .option(
      '--trusted-proxy <address...>',
      "addresses or networks of proxies whose X-Forwarded-For is trusted for the client's address",
      [],
    )
    .option('--thumbnails', 'keep a small picture of each enrolled face')
    .option(
      '--jobs <n>',
      'tasks of jobs that this server does itself at a time; 0: only workers do them',
      integerAtLeast(0),
      1,
    )
    .option(
      '--allow-internal <host...>',
      'names, addresses or networks (10.0.0.0/8) that are not public and may be asked for photos of jobs',
      [],
    )
    .addOption(
      new Option('--log-level <level>', 'what is logged to standard output, as JSON lines')
        .choices(['fatal', 'error', 'warn', 'info', 'debug', 'silent'])
        .default('info'),
    )
    .addHelpText('after', HELP);
  addLivenessOptions(command, 'faces that are not live get no name and are not enrolled');
  addNetworkOptions(command).action((options: ServeOptions) => serve(options, context));
}

async function serve(options: ServeOptions, { signal }: CommandContext): Promise<void> {
  const createServer = await loadServer();
  const keys = await ApiKeys.open(options.keys);
  const hasKeys = (await keys.list()).length > 0;
  // An existing gallery says itself whose embeddings it holds; the server compares.
  const isNew = !(await galleryExists(options.gallery));
  const { models } = options;
  await using gallery = await openGallery(options.gallery, {
    models,
    ...(isNew && (await ownEmbedder(options))),
    thumbnails: options.thumbnails === true,
  });
  const { maxDistance = gallery.thresholds.identify } = options;
  const settings = await ServerSettings.open({ path: options.settings, maxDistance });
  const set = settings.values.maxDistance;
  if (set !== maxDistance) {
    process.stderr.write(`The threshold is ${set}, as it was set in the web page (${options.settings})\n`);
  }
  const networks = await galleryNetworks(gallery, options);
  await using queue = await openJobs(options.gallery);
  await using server = await createServer({
    gallery,
    ...(queue && { jobs: { queue, running: options.jobs, allowInternal: options.allowInternal } }),
    keys: hasKeys ? keys : null,
    firstKeys: keys,
    settings,
    version: packageVersion(),
    host: options.host,
    port: options.port,
    pool: {
      workers: options.workers,
      maxQueue: options.queue,
      pipeline: {
        commercial: options.commercial,
        threads: options.threads,
        detection: options.detection,
        ...networks,
        liveness: livenessChoice(options),
      },
    },
    ...(options.minFaceSize !== undefined && { minFaceSize: options.minFaceSize }),
    maxUploadBytes: options.maxMegabytes * 1_000_000,
    maxPixels: options.maxMegapixels * 1_000_000,
    timeoutMs: options.timeout * 1000,
    requestsPerMinute: options.rate,
    allowedOrigins: options.origin,
    trustedProxies: options.trustedProxy,
    logLevel: options.logLevel,
  });
  process.stderr.write(
    `face-trigger listens on ${server.url}; open it in a browser. The API is described at ${server.url}/docs\n`,
  );
  if (!hasKeys) {
    process.stderr.write(
      'WARNING: there are no API keys. Everybody on this machine can read and change the gallery.\n' +
        `Make one: face-trigger keys create NAME --scope admin --keys ${options.keys}\n`,
    );
  }
  if (!signal.aborted) await once(signal, 'abort');
}

// The server brings a web framework along, which listing the commands must not pay for. It is loaded here and not
// where it is used, because tsc 6.0 does not rewrite the extension of an import() in a function with `await using`.
async function loadServer() {
  return (await import('../server/create-server.ts')).createServer;
}

/** What a new gallery is made for. */
async function ownEmbedder({
  precision,
  models,
}: ServeOptions): Promise<Pick<OpenGalleryOptions, 'embedder' | 'distances'>> {
  const profile = await packageEmbedder(precision, models);
  const { id, sha256, dimension } = profile;
  return { embedder: { id, sha256, dimension }, distances: profile };
}

const HELP = `
Examples:
  face-trigger serve                                      (this machine only, no key needed)
  face-trigger keys create door --scope recognize         (prints the key, once)
  face-trigger serve --host 0.0.0.0 --port 8000 --workers 2
  curl -H "x-api-key: KEY" -F image=@photo.jpg http://127.0.0.1:8000/api/v1/recognize`;
