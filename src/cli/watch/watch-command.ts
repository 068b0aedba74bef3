import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addLivenessOptions } from '../options/liveness-options.ts';
import { addNetworkOptions, detectionOption, precisionOption } from '../options/network-options.ts';
import { integerAtLeast, numberBetween } from '../options/number-option.ts';
import { checkTriggers } from './check-triggers.ts';
import { forgetSource } from './forget-source.ts';
import { refuseUnusedOfWatch } from './refuse-unused-of-watch.ts';
import { runWatch, type WatchCommandOptions } from './run-watch.ts';

/** Adds `watch`. */
export function addWatchCommand(program: Command, context: CommandContext): void {
  const ratio = numberBetween(0, 1);
  const positive = numberBetween(0.001, 1000);
  const command = program
    .command('watch')
    .description('watch a video, a camera, a stream or a folder of pictures, and say who is there')
    .argument(
      '[source]',
      'a video file, a folder, camera:0, /dev/video0, rtsp://..., http://..., - (raw frames), env:NAME',
    )
    .option(
      '--model <dir>',
      'model folder that "face-trigger train" wrote; without it and a gallery everybody is a stranger',
    )
    .option('--triggers <file>', 'YAML or JSON file that says what to do when somebody is seen')
    .option(
      '--gallery <address>',
      'gallery of the people to recognize, a file or postgres://...; who is enrolled meanwhile counts at once',
    )
    .option('--check', 'only check the triggers file; with --model or --gallery also the names in it')
    .option('--forget', 'with --name: only remove what MQTT brokers keep about this source')
    .option('--json', 'print each event as a line of JSON')
    .option('--name <name>', 'what to call the source in events')
    .option('--preview <port>', 'show the live picture on a local page', integerAtLeast(0))
    .option('--preview-host <address>', 'address of that page', '127.0.0.1')
    .option('--record <file>', 'write an annotated video, such as out.mp4')
    .option('--snapshots <dir>', 'write a picture of the face for each event')
    .option('--queue <file>', 'file in which webhooks wait (default: the triggers file + .queue)')
    .option(
      '--min-face-size <pixels>',
      'size of the smallest face to find; larger values are faster',
      integerAtLeast(10),
    )
    .option('--min-area-ratio <share>', 'a face must cover at least this share of the frame, 0 to 1', ratio)
    .option('--min-quality <score>', 'faces of lower quality do not vote, 0 to 1', ratio)
    .option('--min-probability <p>', 'less probable than this is unknown', ratio)
    .option('--max-distance <d>', 'farther away than this is unknown', numberBetween(0, 10))
    .option('--batch-size <n>', 'number of sightings that vote on a name', integerAtLeast(1))
    .option('--every-nth-frame <n>', 'analyze only every n-th frame', integerAtLeast(1))
    .option('--track-fps <n>', 'frames analyzed per second while a face is followed', positive)
    .option('--search-fps <n>', 'frames analyzed per second while something moves', positive)
    .option('--stranger-minutes <n>', 'how long strangers are remembered', numberBetween(0, 1e6))
    .option('--no-motion', 'analyze as many frames when nothing moves')
    .option('--size <WxH>', 'size to request from a camera, or size of raw frames')
    .option('--pixel-format <format>', 'format of raw frames: rgb24, bgr24 or gray')
    .option(
      '--fps <n>',
      'frames per second to read from a file or raw frames, or how often per second to fetch a still picture (default: 1)',
      positive,
    )
    .option('--max-width <pixels>', 'scale wider frames down', integerAtLeast(64))
    .option(
      '--stall-seconds <n>',
      'open a live source again if it gives no frame for this long',
      numberBetween(1, 3600),
    )
    .option('--new-only', 'with a folder: read only pictures that arrive after the start')
    .addOption(detectionOption('fast'))
    .addOption(precisionOption('as the model was trained'))
    .option('--threads <n>', 'threads for the networks', integerAtLeast(1))
    .option('--stats', 'print statistics to stderr at the end')
    .addHelpText('after', HELP);
  addLivenessOptions(command, 'faces that are not live give the event spoof.detected and never a name');
  addNetworkOptions(command).action(async (source: string | undefined, options: WatchCommandOptions) => {
    await refuseUnusedOfWatch(command, source, options);
    if (options.check) await checkTriggers(options, context);
    else if (options.forget) await forgetSource(options);
    else await runWatch(source, options, context);
  });
}

const HELP = `
Examples:
  face-trigger watch door.mp4 --model model/
  face-trigger watch camera:0 --model model/ --preview 8090
  face-trigger watch camera:0 --gallery gallery.db        (the gallery that "serve" edits)
  CAMERA=rtsp://user:password@10.0.0.5/live face-trigger watch env:CAMERA --model model/ --triggers triggers.yaml
  face-trigger watch --triggers triggers.yaml --check`;
