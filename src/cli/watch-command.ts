import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { FaceTriggerError } from '../core/errors.ts';
import { printable } from '../core/text/printable.ts';
import type { ModelPrecision } from '../models/model-pack.ts';
import { hasImageExtension } from '../node/image/picture-extensions.ts';
import type { DetectionMode } from '../node/models/open-models.ts';
import { readModelDescription } from '../people/model-folder.ts';
import { FacePipeline } from '../pipeline/face-pipeline.ts';
import { createFaceAnalyzer } from '../watch/create-face-analyzer.ts';
import { PreviewServer } from '../watch/preview-server.ts';
import { createSource } from '../watch/source/create-source.ts';
import { redact } from '../watch/source/redact.ts';
import { readTriggers, type Triggers } from '../watch/triggers/read-triggers.ts';
import { TriggerRunner } from '../watch/triggers/trigger-runner.ts';
import { unknownNames } from '../watch/triggers/unknown-names.ts';
import { VideoRecorder } from '../watch/video-recorder.ts';
import { watch } from '../watch/watch.ts';
import type { FrameObserver } from '../watch/watch-engine.ts';
import type { WatchEvent } from '../watch/watch-event.ts';
import { checkTriggers, knownPeople } from './check-triggers.ts';
import { Cleanup } from './cleanup.ts';
import type { CommandContext } from './command-context.ts';
import { forgetSource } from './forget-source.ts';
import { detectionOption, precisionOption } from './network-options.ts';
import { integerAtLeast, numberBetween } from './number-option.ts';
import { Output } from './output.ts';

interface WatchCommandOptions {
  readonly model?: string;
  readonly gallery?: string;
  readonly triggers?: string;
  readonly check?: true;
  readonly forget?: true;
  readonly json?: true;
  readonly name?: string;
  readonly preview?: number;
  readonly previewHost: string;
  readonly record?: string;
  readonly snapshots?: string;
  readonly queue?: string;
  readonly minFaceSize?: number;
  readonly minAreaRatio?: number;
  readonly minQuality?: number;
  readonly minProbability?: number;
  readonly maxDistance?: number;
  readonly everyNthFrame?: number;
  readonly trackFps?: number;
  readonly searchFps?: number;
  readonly batchSize?: number;
  readonly strangerMinutes?: number;
  readonly motion: boolean;
  readonly size?: string;
  readonly pixelFormat?: 'rgb24' | 'bgr24' | 'gray';
  readonly fps?: number;
  readonly maxWidth?: number;
  readonly stallSeconds?: number;
  readonly newOnly?: true;
  readonly detection?: DetectionMode;
  readonly precision?: ModelPrecision;
  readonly threads?: number;
  readonly stats?: true;
}

/** Adds `watch`. */
export function addWatchCommand(program: Command, context: CommandContext): void {
  const ratio = numberBetween(0, 1);
  const positive = numberBetween(0.001, 1000);
  program
    .command('watch')
    .description('watch a video, a camera, a stream or a folder of pictures, and tell who is there')
    .argument(
      '[source]',
      'a video file, a folder, camera:0, /dev/video0, rtsp://..., http://..., - (raw frames), env:NAME',
    )
    .option('--model <dir>', 'a folder that train wrote; without it everyone is a stranger')
    .option('--triggers <file>', 'what to do when somebody is seen: YAML or JSON')
    .option('--check', 'check the triggers file and do nothing else; with --model its names too')
    .option('--gallery <file>', 'with --check: names may also be those of a gallery')
    .option('--forget', 'with --name: take away what brokers keep of this source, and do nothing else')
    .option('--json', 'print each event as a line of JSON')
    .option('--name <name>', 'what to call the source in events')
    .option('--preview <port>', 'show the live picture on a local page', integerAtLeast(0))
    .option('--preview-host <address>', 'address of that page', '127.0.0.1')
    .option('--record <file>', 'write an annotated film, such as out.mp4')
    .option('--snapshots <dir>', 'write a picture of the face for each event')
    .option('--queue <file>', 'where webhooks wait (default: the triggers file + .queue)')
    .option(
      '--min-face-size <pixels>',
      'smallest face to look for; larger values are faster',
      integerAtLeast(10),
    )
    .option('--min-area-ratio <share>', 'a face must cover at least this share of the frame, 0 to 1', ratio)
    .option('--min-quality <score>', 'faces below this do not vote, 0 to 1', ratio)
    .option('--min-probability <p>', 'less probable than this is unknown', ratio)
    .option('--max-distance <d>', 'farther away than this is unknown', numberBetween(0, 10))
    .option('--batch-size <n>', 'sightings that vote on a name', integerAtLeast(1))
    .option('--every-nth-frame <n>', 'look at every n-th frame only', integerAtLeast(1))
    .option('--track-fps <n>', 'looks a second while a face is followed', positive)
    .option('--search-fps <n>', 'looks a second while something moves', positive)
    .option('--stranger-minutes <n>', 'how long a stranger is remembered', numberBetween(0, 1e6))
    .option('--no-motion', 'look for faces in still pictures as often as in moving ones')
    .option('--size <WxH>', 'size to ask a camera for; size of raw frames')
    .option('--pixel-format <format>', 'of raw frames: rgb24, bgr24 or gray')
    .option(
      '--fps <n>',
      'frames a second to read from a file or raw frames; looks a second at a still picture (default: 1)',
      positive,
    )
    .option('--max-width <pixels>', 'scale wider frames down', integerAtLeast(64))
    .option(
      '--stall-seconds <n>',
      'a live source without frames for so long is opened again',
      numberBetween(1, 3600),
    )
    .option('--new-only', 'of a folder, read only what comes after the start')
    .addOption(detectionOption('fast'))
    .addOption(precisionOption('as the model was trained'))
    .option('--threads <n>', 'threads of the networks', integerAtLeast(1))
    .option('--stats', 'print figures to stderr at the end')
    .addHelpText('after', HELP)
    .action(async (source: string | undefined, options: WatchCommandOptions) => {
      if (options.check) await checkTriggers(options, context);
      else if (options.forget) await forgetSource(options);
      else await runWatch(source, options, context);
    });
}

const HELP = `
Examples:
  face-trigger watch door.mp4 --model model/
  face-trigger watch camera:0 --model model/ --preview 8090
  CAMERA=rtsp://user:password@10.0.0.5/live face-trigger watch env:CAMERA --model model/ --triggers triggers.yaml
  face-trigger watch --triggers triggers.yaml --check`;

async function runWatch(
  source: string | undefined,
  options: WatchCommandOptions,
  context: CommandContext,
): Promise<void> {
  if (options.gallery !== undefined) {
    throw new FaceTriggerError(
      'ERR_UNSUPPORTED_OPTION',
      '--gallery is for --check; a watch recognizes with --model',
    );
  }
  if (source === undefined) {
    throw new FaceTriggerError('ERR_INVALID_ARGUMENT', 'Expected a source, such as video.mp4 or camera:0');
  }
  const output = new Output('', { progress: false, signal: context.signal });
  const log = (message: string) => output.note(printable(message));
  const triggers = options.triggers === undefined ? null : await readTriggers(options.triggers);
  if (triggers !== null) {
    for (const line of unknownNames(triggers, (await knownPeople(options)) ?? [])) log(line);
  }
  const frames = await createSource(source, {
    size: options.size,
    pixelFormat: options.pixelFormat,
    fps: options.fps,
    maxWidth: options.maxWidth,
    newOnly: options.newOnly,
    stallMs: options.stallSeconds === undefined ? undefined : options.stallSeconds * 1000,
    onError: (error, path) => output.failure(path, error),
  });
  await using cleanup = new Cleanup();
  const analyzer = await openAnalyzer(options, cleanup);
  const observers: FrameObserver[] = [];
  const name = redact(options.name ?? frames.name);
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
  const snapshots = options.snapshots ?? (await temporarySnapshots(triggers, cleanup));
  const runner = triggers && (await openRunner(triggers, { options, name, log, cleanup }));
  const print = options.json ? (event: WatchEvent) => output.json(event) : humanPrinter(output, triggers);
  const minutes = options.strangerMinutes;
  let latest = '';
  const events = watch(frames, {
    analyzer: analyzer.analyzer,
    signal: context.signal,
    name,
    observers,
    motion: options.motion ? undefined : false,
    snapshots: snapshots ?? undefined,
    minFaceSize: options.minFaceSize ?? analyzer.minFaceSize,
    minAreaRatio: options.minAreaRatio,
    minQuality: options.minQuality,
    everyNthFrame: options.everyNthFrame,
    trackFps: options.trackFps,
    searchFps: options.searchFps,
    batchSize: options.batchSize,
    strangerTtlMs: minutes === undefined ? undefined : minutes * 60_000,
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

async function openAnalyzer(options: WatchCommandOptions, cleanup: Cleanup) {
  const { model, threads, detection, precision } = options;
  const description = model === undefined ? null : await readModelDescription(model);
  const pipeline = await FacePipeline.create({ modelFolder: model, threads, detection, precision });
  cleanup.defer(() => pipeline.dispose());
  const analyzer = createFaceAnalyzer(pipeline, {
    minProbability: options.minProbability ?? description?.thresholds.minProbability,
    maxDistance: options.maxDistance ?? description?.thresholds.maxDistance,
    minScore: description?.detection.minScore ?? undefined,
  });
  return { analyzer, minFaceSize: description?.detection.minFaceSize ?? undefined };
}

async function temporarySnapshots(triggers: Triggers | null, cleanup: Cleanup): Promise<string | null> {
  if (triggers === null || !TriggerRunner.needsSnapshots(triggers)) return null;
  const folder = await mkdtemp(join(tmpdir(), 'face-trigger-'));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function openRunner(
  triggers: Triggers,
  parts: { options: WatchCommandOptions; name: string; log: (message: string) => void; cleanup: Cleanup },
): Promise<TriggerRunner> {
  const { options, name, log, cleanup } = parts;
  const runner = await TriggerRunner.create({
    triggers,
    queuePath: options.queue ?? `${options.triggers}.queue`,
    write: (line) => process.stdout.write(line),
    sources: [name],
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

/** One line about an event, for people. */
export function describeEvent(event: WatchEvent): string {
  const time = event.time.replace('T', ' ').replace(/\.\d+Z$/, 'Z');
  if (event.type === 'source.lost') {
    return `${time}  ${event.type}  ${printable(event.reason)}; next try in ${event.retryInMs / 1000} s`;
  }
  if (event.type === 'source.back')
    return `${time}  ${event.type}  after ${Math.round(event.downMs / 1000)} s`;
  const who = printable(event.label ?? event.stranger ?? 'not decided yet');
  const facts = [`track ${event.track}`];
  if (event.label !== null && event.probability !== null)
    facts.push(`${Math.round(event.probability * 100)} %`);
  if (event.label !== null && event.distance !== null) facts.push(`distance ${event.distance.toFixed(2)}`);
  if (event.visibleMs !== undefined) facts.push(`after ${(event.visibleMs / 1000).toFixed(1)} s`);
  return `${time}  ${event.type}  ${who}  (${facts.join(', ')})`;
}
