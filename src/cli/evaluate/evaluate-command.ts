import { type Command, Option } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addDetectionOptions } from '../options/analysis-options.ts';
import { addLivenessOptions } from '../options/liveness-options.ts';
import { integerAtLeast, numberBetween } from '../options/number-option.ts';
import { refuseUnused } from '../options/refuse-unused.ts';
import {
  evaluateIdentificationCommand,
  type IdentificationCommandOptions,
} from './evaluate-identification.ts';
import { evaluateLivenessCommand, type LivenessCommandOptions } from './evaluate-liveness.ts';
import { evaluateVerificationCommand, type VerificationCommandOptions } from './evaluate-verification.ts';
import { addEvaluationOptions } from './evaluation-faces.ts';

/** Adds `evaluate verification`, `evaluate identification` and `evaluate liveness`. */
export function addEvaluateCommand(program: Command, context: CommandContext): void {
  const evaluate = program
    .command('evaluate')
    .description('measure the accuracy on labeled photos')
    .helpCommand(false);
  addEvaluationOptions(
    evaluate
      .command('verification')
      .description(
        'measure how well pairs of photos are told to show one person or two, by the protocol of LFW (the threshold for each fold comes from the others)',
      )
      .requiredOption('--pairs <file>', 'file with pairs in the format of LFW')
      .requiredOption('--images <dir>', 'folder with photos, such as Name/Name_0001.jpg')
      .option('--report <dir>', 'write verification.html, which opens offline, and verification.json'),
    { face: 'center' },
  ).action((options: VerificationCommandOptions) => evaluateVerificationCommand(options, context));
  const identification = evaluate.command('identification');
  addEvaluationOptions(
    identification
      .description(
        'measure how often known people get their right name and strangers get none; takes --gallery, --probe and --unknown, or --split',
      )
      .option('--gallery <dir>', 'photos of known people, with a folder for each person')
      .option('--probe <dir>', 'other photos of the same people, with the same names')
      .option('--unknown <dir>', 'photos of strangers, with a folder for each person')
      .option(
        '--split <dir>',
        'one folder of people, from which gallery, probes and strangers are drawn at random',
      )
      .option('--train-images <n>', 'with --split: gallery photos of each person', integerAtLeast(1), 2)
      .option(
        '--strangers <n>',
        'with --split: people held out as strangers (default: half)',
        integerAtLeast(0),
      )
      .option(
        '--seed <n>',
        'with --split: the same seed draws the same people and photos',
        integerAtLeast(0),
        0,
      )
      .option(
        '--max-distance <d>',
        'count the errors at this threshold (default: where both error rates are equal)',
        numberBetween(0, Number.POSITIVE_INFINITY),
      )
      .option('--report <dir>', 'write identification.html, which opens offline, and identification.json'),
    { face: 'largest' },
  ).action((options: IdentificationCommandOptions) => {
    if (options.split === undefined)
      refuseUnused(
        identification,
        ['trainImages', 'strangers', 'seed'],
        'without --split, which draws people by it',
      );
    return evaluateIdentificationCommand(options, context);
  });
  addLivenessOptions(
    addDetectionOptions(
      evaluate
        .command('liveness')
        .description(
          'how often attacks pass (APCER, of each kind) and live faces are refused (BPCER), in the words of ISO/IEC 30107-3',
        )
        .requiredOption('--live <dir...>', 'pictures of live faces')
        .requiredOption(
          '--attack <dir...>',
          'pictures of attacks: a folder is named after their kind, such as attacks/print; or a folder of such folders',
        ),
    ),
    'this is what is measured',
  )
    .addOption(
      new Option('--face <rule>', 'which face of a picture is used')
        .choices(['center', 'largest', 'only'])
        .default('largest'),
    )
    .option('--report <dir>', 'write liveness.html, which opens offline, and liveness.json')
    .option('--json', 'print one JSON object')
    .action((options: LivenessCommandOptions) => evaluateLivenessCommand(options, context));
}
