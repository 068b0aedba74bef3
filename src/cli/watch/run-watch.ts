import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FaceTriggerError } from '../../core/errors.ts';
import { printable } from '../../core/text/printable.ts';
import { galleryNetworks } from '../../gallery/gallery-networks.ts';
import type { ModelPrecision } from '../../models/model-pack.ts';
import { hasImageExtension } from '../../node/image/picture-extensions.ts';
import type { DetectionMode } from '../../node/models/open-models.ts';
import { readModelDescription } from '../../people/model-folder.ts';
import { FacePipeline } from '../../pipeline/face-pipeline.ts';
import { createFaceAnalyzer } from '../../watch/create-face-analyzer.ts';
import { createGalleryAnalyzer } from '../../watch/create-gallery-analyzer.ts';
import { PreviewServer } from '../../watch/preview-server.ts';
import { createSource } from '../../watch/source/create-source.ts';
import type { FrameSource } from '../../watch/source/frame-source.ts';
import { redact } from '../../watch/source/redact.ts';
import { homeOnlyConditions } from '../../watch/triggers/home-conditions.ts';
import { readTriggers, type Triggers } from '../../watch/triggers/read-triggers.ts';
import { TriggerRunner } from '../../watch/triggers/trigger-runner.ts';
import { unknownNames } from '../../watch/triggers/unknown-names.ts';
import { VideoRecorder } from '../../watch/video-recorder.ts';
import { watch } from '../../watch/watch.ts';
import type { FrameObserver } from '../../watch/watch-engine.ts';
import type { WatchEvent } from '../../watch/watch-event.ts';
import { Cleanup } from '../cleanup.ts';
import type { CommandContext } from '../command-context.ts';
import { openExistingGallery } from '../gallery/open-existing-gallery.ts';
import { type LivenessFlags, livenessChoice } from '../options/liveness-options.ts';
import { Output } from '../output/output.ts';
import { knownPeople } from './check-triggers.ts';
import { describeEvent } from './describe-event.ts';

/** Options of `watch`. */
export interface WatchCommandOptions extends LivenessFlags {
  readonly models?: string | undefined;
  readonly commercial?: true | undefined;
  readonly model?: string | undefined;
  readonly gallery?: string | undefined;
  readonly triggers?: string | undefined;
  readonly check?: true | undefined;
  readonly forget?: true | undefined;
  readonly json?: true | undefined;
  readonly name?: string | undefined;
  readonly preview?: number | undefined;
  readonly previewHost: string;
  readonly record?: string | undefined;
  readonly snapshots?: string | undefined;
  readonly queue?: string | undefined;
  readonly minFaceSize?: number | undefined;
  readonly minAreaRatio?: number | undefined;
  readonly minQuality?: number | undefined;
  readonly minProbability?: number | undefined;
  readonly maxDistance?: number | undefined;
  readonly everyNthFrame?: number | undefined;
  readonly trackFps?: number | undefined;
  readonly searchFps?: number | undefined;
  readonly batchSize?: number | undefined;
  readonly strangerMinutes?: number | undefined;
  readonly motion: boolean;
  readonly size?: string | undefined;
  readonly pixelFormat?: 'rgb24' | 'bgr24' | 'gray' | undefined;
  readonly fps?: number | undefined;
  readonly maxWidth?: number | undefined;
  readonly stallSeconds?: number | undefined;
  readonly newOnly?: true | undefined;
  readonly detection?: DetectionMode | undefined;
  readonly precision?: ModelPrecision | undefined;
  readonly threads?: number | undefined;
  readonly stats?: true | undefined;
}

/**
 * Watches a source until it ends or the user stops it.
 *
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` without a source, `ERR_UNSUPPORTED_OPTION`, and what sources and models throw
 */
export async function runWatch(
  source: string | undefined,
  options: WatchCommandOptions,
  context: CommandContext,
): Promise<void> {
  assertRunnable(source, options);
  const output = new Output('', { progress: false, signal: context.signal });
  const log = (message: string) => output.note(printable(message));
  const triggers = options.triggers === undefined ? null : await readTriggers(options.triggers);
  if (triggers !== null) {
    for (const line of unknownNames(triggers, (await knownPeople(options)) ?? [])) log(line);
    for (const line of homeOnlyConditions(triggers)) log(line);
  }
  const frames = await openSource(source, options, output);
  await using cleanup = new Cleanup();
  const analyzer = await openAnalyzer(options, cleanup);
  const name = redact(options.name ?? frames.name);
  const { preview, observers } = await openObservers(options, { name, output, cleanup });
  const snapshots = options.snapshots ?? (await temporarySnapshots(triggers, cleanup));
  const runner = triggers && (await openRunner(triggers, { options, name, live: frames.live, log, cleanup }));
  const print = options.json ? (event: WatchEvent) => output.json(event) : humanPrinter(output, triggers);
  let latest = '';
  const events = watch(frames, {
    ...lookingOptions(options),
    analyzer: analyzer.analyzer,
    signal: context.signal,
    name,
    observers,
    snapshots: snapshots ?? undefined,
    onProblem: log,
    minFaceSize: options.minFaceSize ?? analyzer.minFaceSize,
    onStats: (stats) => {
      latest = JSON.stringify(stats);
    },
  });
  if (process.stderr.isTTY) output.note(`watching ${printable(name)}; Ctrl-C ends it`);
  let told = 0;
  for await (const event of events) {
    told++;
    // First what must not be lost, then what is shown.
    await runner?.handle(event);
    preview?.event(event);
    await print(event);
  }
  if (told === 0 && !context.signal.aborted) output.note(nothingTold(source));
  if (options.stats) output.note(latest);
}

function assertRunnable(
  source: string | undefined,
  { gallery, model }: WatchCommandOptions,
): asserts source is string {
  if (gallery !== undefined && model !== undefined) {
    throw new FaceTriggerError(
      'ERR_UNSUPPORTED_OPTION',
      'A watch recognizes either the people of --model or those of --gallery; both are for --check',
    );
  }
  if (source === undefined) {
    throw new FaceTriggerError('ERR_INVALID_ARGUMENT', 'Expected a source, such as video.mp4 or camera:0');
  }
}

function openSource(source: string, options: WatchCommandOptions, output: Output): Promise<FrameSource> {
  const { size, pixelFormat, fps, maxWidth, newOnly, stallSeconds } = options;
  return createSource(source, {
    ...{ size, pixelFormat, fps, maxWidth, newOnly },
    stallMs: stallSeconds === undefined ? undefined : stallSeconds * 1000,
    onError: (error, path) => output.failure(path, error),
  });
}

/** How often and at what the watch looks, as the command line says it. */
function lookingOptions(options: WatchCommandOptions) {
  const { minAreaRatio, minQuality, everyNthFrame, trackFps, searchFps, batchSize } = options;
  const minutes = options.strangerMinutes;
  return {
    ...{ minAreaRatio, minQuality, everyNthFrame, trackFps, searchFps, batchSize },
    motion: options.motion ? undefined : (false as const),
    strangerTtlMs: minutes === undefined ? undefined : minutes * 60_000,
  };
}

/** What looks on: the page with the live picture, and the film. */
async function openObservers(
  options: WatchCommandOptions,
  { name, output, cleanup }: { readonly name: string; readonly output: Output; readonly cleanup: Cleanup },
): Promise<{ readonly preview: PreviewServer | null; readonly observers: readonly FrameObserver[] }> {
  const observers: FrameObserver[] = [];
  let preview: PreviewServer | null = null;
  if (options.preview !== undefined) {
    preview = await PreviewServer.create({ port: options.preview, host: options.previewHost, source: name });
    cleanup.defer(() => preview?.close());
    observers.push(preview);
    output.note(`preview: ${preview.url}`);
  }
  if (options.record !== undefined) {
    const recorder = await VideoRecorder.create(options.record, { fps: options.fps });
    cleanup.defer(() => recorder.close());
    observers.push(recorder);
  }
  return { preview, observers };
}

async function openAnalyzer(options: WatchCommandOptions, cleanup: Cleanup) {
  const { models, commercial, model, threads, detection, precision } = options;
  if (options.gallery !== undefined) return openGalleryAnalyzer(options.gallery, options, cleanup);
  const description = model === undefined ? null : await readModelDescription(model);
  const pipeline = await FacePipeline.create({
    models,
    commercial,
    modelFolder: model,
    threads,
    detection,
    precision,
    liveness: livenessChoice(options),
  });
  cleanup.defer(() => pipeline.dispose());
  const analyzer = createFaceAnalyzer(pipeline, {
    minProbability: options.minProbability ?? description?.thresholds.minProbability,
    maxDistance: options.maxDistance ?? description?.thresholds.maxDistance,
    minScore: description?.detection.minScore ?? undefined,
  });
  return { analyzer, minFaceSize: description?.detection.minFaceSize ?? undefined };
}

async function openGalleryAnalyzer(address: string, options: WatchCommandOptions, cleanup: Cleanup) {
  const { commercial, threads, detection, minProbability, maxDistance } = options;
  const gallery = await openExistingGallery(address, options);
  cleanup.defer(() => gallery.dispose());
  const networks = await galleryNetworks(gallery, options);
  const pipeline = await FacePipeline.create({
    ...{ commercial, threads, detection },
    ...networks,
    liveness: livenessChoice(options),
  });
  cleanup.defer(() => pipeline.dispose());
  const analyzer = createGalleryAnalyzer(pipeline, gallery, { minProbability, maxDistance });
  return { analyzer, minFaceSize: undefined };
}

async function temporarySnapshots(triggers: Triggers | null, cleanup: Cleanup): Promise<string | null> {
  if (triggers === null || !TriggerRunner.needsSnapshots(triggers)) return null;
  const folder = await mkdtemp(join(tmpdir(), 'face-trigger-'));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function openRunner(
  triggers: Triggers,
  parts: {
    options: WatchCommandOptions;
    name: string;
    live: boolean;
    log: (message: string) => void;
    cleanup: Cleanup;
  },
): Promise<TriggerRunner> {
  const { options, name, live, log, cleanup } = parts;
  const runner = await TriggerRunner.create({
    triggers,
    queuePath: options.queue ?? `${options.triggers}.queue`,
    write: (line) => process.stdout.write(line),
    sources: [name],
    live,
    log,
  });
  cleanup.defer(() => runner.close());
  return runner;
}

// Where a trigger writes JSON lines, those alone stand on stdout: another program reads them.
function humanPrinter(
  output: Output,
  triggers: Triggers | null,
): (event: WatchEvent) => Promise<void> | void {
  const toStderr = triggers?.triggers.some((trigger) => trigger.do.some(({ type }) => type === 'stdout'));
  return (event) => (toStderr ? output.note(describeEvent(event)) : output.line(describeEvent(event)));
}

// Silence would leave open whether anything was looked at.
function nothingTold(source: string): string {
  const single = hasImageExtension(source) ? '; a single picture is for "face-trigger recognize"' : '';
  return `the source ended, and no face was seen long enough to tell of it${single}`;
}
