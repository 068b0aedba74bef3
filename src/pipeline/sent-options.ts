import { FaceTriggerError } from '../core/errors.ts';
import type { LivenessChoice } from '../node/models/open-models.ts';
import { isLivenessDetector } from './face-finder.ts';
import type { FacePipelineOptions } from './face-pipeline.ts';

const PARTS = ['detector', 'landmarkDetector', 'embedder', 'runtime'] as const;

/** Options of a pipeline that opens in another thread or process, which objects with methods cannot be sent to. */
export interface SentPipelineOptions
  extends Omit<FacePipelineOptions, (typeof PARTS)[number] | 'models' | 'liveness'> {
  /** A pack of models, by its name or the path of its folder. @defaultValue `dlib` */
  readonly models?: string | undefined;
  /** As of FaceFinderOptions, with a pack by its name or path. @defaultValue false */
  readonly liveness?: boolean | (LivenessChoice & { readonly models?: string | undefined }) | undefined;
}

/** @throws FaceTriggerError `ERR_UNSUPPORTED_OPTION` for parts that are handed in */
export function assertSendable(options: FacePipelineOptions): asserts options is SentPipelineOptions {
  const given = PARTS.filter((name) => options[name] !== undefined);
  const { models, liveness } = options;
  const names: string[] = typeof models === 'object' ? [...given, 'models'] : [...given];
  const isHeld = typeof liveness === 'object' && !isLivenessDetector(liveness);
  if (isLivenessDetector(liveness) || (isHeld && typeof liveness.models === 'object')) names.push('liveness');
  if (names.length === 0) return;
  const message = `A pool opens its models in threads and processes of its own: ${names.join(', ')} cannot be handed in. Give a pack by its name or path`;
  throw new FaceTriggerError('ERR_UNSUPPORTED_OPTION', message);
}
