import { type Command, Option } from 'commander';
import type { EmbeddingQuality } from '../../core/embed/embedding-quality.ts';
import type { ModelPrecision } from '../../models/model-pack.ts';
import { precisionOption } from './network-options.ts';
import { integerAtLeast } from './number-option.ts';

/** Options of the commands that embed faces. */
export interface AveragingFlags {
  readonly quality?: EmbeddingQuality | undefined;
  readonly mirror?: true | undefined;
  readonly jitter?: number | undefined;
  readonly precision?: ModelPrecision | undefined;
}

/**
 * Adds the options of {@link AveragingFlags}.
 *
 * @param defaultText - what happens without `--quality`, for the help
 * @param precisionText - what happens without `--precision`, for the help
 */
export function addAveragingOptions(
  command: Command,
  defaultText = 'balanced, or as the model was trained',
  precisionText = 'fp32',
): Command {
  return command
    .addOption(
      new Option(
        '--quality <quality>',
        `fast: one view of each face; balanced: two views; best: two views, and the networks dlib+mobilefacenet for new models and galleries (default: ${defaultText})`,
      ).choices(['fast', 'balanced', 'best']),
    )
    .option('--mirror', 'average each face with its mirror image, as balanced and best do')
    .option('--jitter <n>', 'average each face over n more views, each shifted slightly', integerAtLeast(1))
    .addOption(precisionOption(precisionText));
}
