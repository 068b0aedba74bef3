import type { EmbedderDistances } from '../core/embed/distance-facts.ts';
import { invalidArgument } from '../core/errors.ts';
import { EMBEDDER_DISTANCES } from '../models/model-pack.ts';

/**
 * Takes from a profile, or from what a file says, what distances mean.
 *
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` where a part is missing or no such number
 */
export function checkDistances(value: unknown, name = 'distances'): EmbedderDistances {
  const { metric, lengthRule, thresholds, evidence, calibration } = (value ??
    {}) as Partial<EmbedderDistances>;
  const parsed = EMBEDDER_DISTANCES.safeParse({ metric, lengthRule, thresholds, evidence, calibration });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const expected = `what distances mean, as in an embedder's profile (${issue!.path.join('.')}: ${issue!.message}),`;
  throw invalidArgument(expected, name, value);
}
