import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { integerAtLeast, numberBetween } from '../options/number-option.ts';
import {
  evaluateIdentificationCommand,
  type IdentificationCommandOptions,
} from './evaluate-identification.ts';
import { evaluateVerificationCommand, type VerificationCommandOptions } from './evaluate-verification.ts';
import { addEvaluationOptions } from './evaluation-faces.ts';

/** Adds `evaluate verification` and `evaluate identification`. */
export function addEvaluateCommand(program: Command, context: CommandContext): void {
  const evaluate = program
    .command('evaluate')
    .description('measure how right the answers are on labeled photos')
    .helpCommand(false);
  addEvaluationOptions(
    evaluate
      .command('verification')
      .description(
        'are two photos of one person? LFW protocol: pairs file, folds, thresholds from the other folds',
      )
      .requiredOption('--pairs <file>', 'pairs in the format of LFW')
      .requiredOption('--images <dir>', 'photos as Name/Name_0001.jpg')
      .option('--report <dir>', 'write verification.html, which opens offline, and verification.json'),
    { face: 'center' },
  ).action((options: VerificationCommandOptions) => evaluateVerificationCommand(options, context));
  addEvaluationOptions(
    evaluate
      .command('identification')
      .description(
        'how often people are named rightly and strangers not at all; with --gallery, --probe and --unknown, or with --split',
      )
      .option('--gallery <dir>', 'photos of known people, a folder for each')
      .option('--probe <dir>', 'other photos of the same people, with the same names')
      .option('--unknown <dir>', 'photos of strangers, a folder for each')
      .option('--split <dir>', 'one folder of people, from which galleries, probes and strangers are drawn')
      .option('--train-images <n>', 'with --split: gallery photos a person', integerAtLeast(1), 2)
      .option(
        '--strangers <n>',
        'with --split: people held out as strangers (default: half)',
        integerAtLeast(0),
      )
      .option('--seed <n>', 'with --split: equal seeds draw equal people and photos', integerAtLeast(0), 0)
      .option(
        '--max-distance <d>',
        'count the errors at this threshold (default: where both kinds are equal)',
        numberBetween(0, Number.POSITIVE_INFINITY),
      )
      .option('--report <dir>', 'write identification.html, which opens offline, and identification.json'),
    { face: 'largest' },
  ).action((options: IdentificationCommandOptions) => evaluateIdentificationCommand(options, context));
}
