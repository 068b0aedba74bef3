import { type Command, Option } from 'commander';
import type { ModelPrecision } from '../../models/model-pack.ts';
import type { DetectionMode } from '../../node/models/open-models.ts';
import { DEFAULT_PACK } from '../../node/models/pack-folders.ts';

/** Which networks a command opens. */
export interface NetworkOptions {
  /** A pack of models, by name or path. */
  readonly models?: string | undefined;
  readonly commercial?: true | undefined;
  readonly precision?: ModelPrecision | undefined;
  readonly detection?: DetectionMode | undefined;
}

/** Adds `--models` and `--commercial`: every command that opens networks has them. */
export function addNetworkOptions(command: Command, defaultText?: string): Command {
  return addModelsOption(command, defaultText).option(
    '--commercial',
    'refuse models whose license does not allow commercial use or is not known',
  );
}

/**
 * Adds `--models`, also for commands that only read what a pack says.
 *
 * @param defaultText - what happens without the option, for the help
 */
export function addModelsOption(command: Command, defaultText: string = DEFAULT_PACK): Command {
  const description = `models to use: the name of a pack, or the path of a folder with a face-trigger.json (default: ${defaultText})`;
  return command.option('--models <name|path>', description);
}

/** How faces are looked for. */
export function detectionOption(defaultMode: DetectionMode): Option {
  const description =
    'exact: the network as published; fast: quantized, about four times as fast, with boxes that differ by a few pixels';
  return new Option('--detection <mode>', description).choices(['exact', 'fast']).default(defaultMode);
}

/**
 * Numbers that the embedder computes with.
 *
 * @param defaultText - what happens without the option, for the help
 */
export function precisionOption(defaultText = 'fp32'): Option {
  const description = `fp32: the network as published; int8: quantized, about twice as fast, with embeddings that cannot be compared with those of fp32 (default: ${defaultText})`;
  return new Option('--precision <numbers>', description).choices(['fp32', 'int8']);
}
