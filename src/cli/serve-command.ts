import { existsSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { printableLines } from '../core/text/printable.ts';
import { GalleryShelf } from '../gallery/collection/gallery-shelf.ts';
import { galleryExists } from '../gallery/gallery-exists.ts';
import { galleryNetworks } from '../gallery/gallery-networks.ts';
import { type OpenGalleryOptions, openGallery } from '../gallery/open-gallery.ts';
import type { ModelPrecision } from '../models/model-pack.ts';
import type { DetectionMode } from '../node/models/open-models.ts';
import { packageEmbedder } from '../node/models/packaged-models.ts';
import { ApiKeys } from '../server/api-keys.ts';
import { ServerSettings } from '../server/server-settings.ts';
import { isDatabase, ServerDatabase } from '../server/shared/server-database.ts';
import { SharedKeys } from '../server/shared/shared-keys.ts';
import { SharedSettings } from '../server/shared/shared-settings.ts';
import type { CommandContext } from './command-context.ts';
import { galleryPlace, settingsInFolder } from './gallery-place.ts';
import { openJobs } from './jobs/open-jobs.ts';
import { DEFAULT_KEYS_FILE } from './keys/default-keys-file.ts';
import { allowInternalOption } from './options/allow-internal-option.ts';
import { addLivenessOptions, type LivenessFlags, livenessChoice } from './options/liveness-options.ts';
import { addNetworkOptions, detectionOption, precisionOption } from './options/network-options.ts';
import { integerAtLeast, numberBetween } from './options/number-option.ts';
import { refuseUnused } from './options/refuse-unused.ts';
import { packageVersion } from './package-version.ts';
import { photosBeside } from './photos-beside.ts';
import { untilOtherModels } from './serve/until-other-models.ts';

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
  readonly stopAfter: number;
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
      'the gallery, or postgres://user@host/database?gallery=name, created if it does not exist; a folder or a database without ?gallery= for all galleries there',
      'gallery.db',
    )
    .requiredOption(
      '--keys <file>',
      'API keys that "keys create" made: a file, or the address of a database, which is where they are with a gallery in PostgreSQL unless this file has some',
      DEFAULT_KEYS_FILE,
    )
    .requiredOption(
      '--settings <file>',
      'file with the settings made in the web page, which take precedence over --max-distance; with PostgreSQL they are in the database unless this file exists',
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
    .option(
      '--stop-after <seconds>',
      'how long to go on serving after SIGTERM while /ready says that the server stops, for balancers',
      integerAtLeast(0),
      0,
    )
    .option('--thumbnails', 'keep a small picture of each enrolled face')
    .option(
      '--jobs <n>',
      'tasks of jobs that this server does itself at a time; 0: only workers do them',
      integerAtLeast(0),
      1,
    )
    .addOption(allowInternalOption())
    .addOption(
      new Option('--log-level <level>', 'what is logged to standard output, as JSON lines')
        .choices(['fatal', 'error', 'warn', 'info', 'debug', 'silent'])
        .default('info'),
    )
    .addHelpText('after', HELP);
  addLivenessOptions(command, 'faces that are not live get no name and are not enrolled');
  addNetworkOptions(command).action((options: ServeOptions) => {
    if (options.jobs === 0) refuseUnused(command, ['allowInternal'], 'with --jobs 0, which fetches nothing');
    return serve({ ...options, given: (name) => command.getOptionValueSource(name) !== 'default' }, context);
  });
}

/** The options, and whether somebody gave one. */
type GivenOptions = ServeOptions & { readonly given: (name: string) => boolean };

/** Serves until the signal; a gallery that is given other models meanwhile is served on with those. */
async function serve(options: GivenOptions, { signal }: CommandContext): Promise<void> {
  const createServer = await loadServer();
  let { port } = options;
  for (;;) {
    const served = await serveOnce({ ...options, port }, createServer, signal);
    if (served === null) return;
    // The same as before, also where any free one was asked for.
    port = served.port;
    process.stderr.write('The gallery has other models now, and is served with them\n');
  }
}

/** @returns the port, where the gallery was given other models; `null`: the signal ended it */
async function serveOnce(
  options: GivenOptions,
  createServer: Awaited<ReturnType<typeof loadServer>>,
  signal: AbortSignal,
): Promise<{ readonly port: number } | null> {
  const place = await galleryPlace(options.gallery);
  // An existing gallery says itself whose embeddings it holds; the server compares.
  const isNew = !(await galleryExists(place.main));
  const { models } = options;
  const own = isNew ? await ownEmbedder(options) : {};
  const thumbnails = options.thumbnails === true;
  await using gallery = await openGallery(place.main, { models, ...own, thumbnails });
  const networks = await galleryNetworks(gallery, options);
  await using photos = await photosBeside(gallery, place.main);
  // Others are made for the models that the server works with, which are those of the first.
  const others = { models: networks.models, thumbnails };
  await using shelf =
    place.all === null
      ? null
      : new GalleryShelf(place.all, { ...others, ...(await ownEmbedder({ ...options, ...networks })) });
  await using shared = isDatabase(place.main) ? await ServerDatabase.open(place.main) : null;
  await using keys = await openKeys(options, shared);
  const hasKeys = (await keys.list()).length > 0;
  const { maxDistance = gallery.thresholds.identify } = options;
  const settingsFile =
    shared !== null && !options.given('settings') && !existsSync(options.settings) ? null : options.settings;
  const settings =
    settingsFile !== null || shared === null
      ? await ServerSettings.open({ path: settingsFile, maxDistance })
      : await ServerSettings.over(new SharedSettings(shared, await shared.numberOf(place.name)), {
          maxDistance,
        });
  using _settings = { [Symbol.dispose]: () => settings.close() };
  const set = settings.values.maxDistance;
  if (set !== maxDistance) {
    const where = settingsFile ?? "the gallery's database";
    process.stderr.write(`The threshold is ${set}, as it was set in the web page (${where})\n`);
  }
  await using jobs = await openJobs(place);
  await using server = await createServer({
    gallery,
    ...(jobs && {
      jobs: {
        ...{ queue: jobs.queue, queues: jobs.queues },
        ...{ running: options.jobs, allowInternal: options.allowInternal },
      },
    }),
    keys: hasKeys ? keys : null,
    firstKeys: keys,
    settings,
    ...(shared && { shared }),
    ...(shelf && { galleries: shelf }),
    ...(photos && { photos }),
    galleryName: place.name,
    ...(place.folder !== null && { settingsOf: settingsInFolder(place.folder) }),
    stopAfterMs: options.stopAfter * 1000,
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
    // An address may hold a password.
    const keysText =
      shared === null || options.given('keys') ? options.keys : 'postgres://USER@HOST/DATABASE';
    process.stderr.write(
      'WARNING: there are no API keys. Everybody on this machine can read and change the gallery.\n' +
        `Make one: face-trigger keys create NAME --scope admin --keys ${keysText}\n`,
    );
  }
  const hasChanged = await untilOtherModels(gallery, {
    ...{ address: place.main, signal, models, precision: options.precision, commercial: options.commercial },
    say: (message) => void process.stderr.write(`${printableLines(message)}\n`),
  });
  return hasChanged ? { port: Number(new URL(server.url).port) } : null;
}

/** The keys of the file that was given, or that has some already; else those of the database. */
async function openKeys(options: GivenOptions, shared: ServerDatabase | null): Promise<ApiKeys> {
  if (shared === null || options.given('keys')) return ApiKeys.open(options.keys);
  const inFile = await ApiKeys.open(options.keys);
  if ((await inFile.list()).length === 0) return ApiKeys.over(new SharedKeys(shared));
  process.stderr.write(
    `The API keys are those of ${options.keys}; once that file is gone, those of the database are (keys create --keys postgres://...)\n`,
  );
  return inFile;
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
  commercial,
}: ServeOptions): Promise<Pick<OpenGalleryOptions, 'embedder' | 'distances'>> {
  const profile = await packageEmbedder(precision, models, { commercial });
  const { id, sha256, dimension } = profile;
  return { embedder: { id, sha256, dimension }, distances: profile };
}

const HELP = `
Examples:
  face-trigger serve                                      (this machine only, no key needed)
  face-trigger keys create door --scope recognize         (prints the key, once)
  face-trigger serve --host 0.0.0.0 --port 8000 --workers 2
  curl -H "x-api-key: KEY" -F image=@photo.jpg http://127.0.0.1:8000/api/v1/recognize`;
