import { FaceTriggerError } from '../core/errors.ts';
import type { ModelPart } from './model-pack.ts';

/**
 * SPDX identifiers of licences that allow commercial use.
 *
 * @remarks Source: the licences' texts, by their identifiers on spdx.org/licenses. Whatever is not listed counts as
 * unknown, and unknown counts as refused.
 */
const COMMERCIAL: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BSL-1.0',
  'CC-BY-4.0',
  'CC-BY-SA-4.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  'Unlicense',
  'Zlib',
]);

/**
 * Whether a licence is known to allow commercial use.
 *
 * @param expression - of SPDX, such as "MIT", "MIT OR GPL-3.0-only" or "Apache-2.0 AND BSD-3-Clause"; of an expression
 * with parentheses nothing is known
 */
export function allowsCommercialUse(expression: string): boolean {
  return expression
    .split(/\s+OR\s+/)
    .some((choice) => choice.split(/\s+AND\s+/).every((licence) => COMMERCIAL.has(licence.trim())));
}

/**
 * Which of a model's licences do not allow commercial use, or are not known to.
 *
 * @returns such as `["weights: unknown"]`; what the weights were learned from is told by the ledger, and not judged
 */
export function commercialObstacles({ licence }: Pick<ModelPart, 'licence'>): string[] {
  return (['code', 'weights'] as const)
    .filter((what) => !allowsCommercialUse(licence[what]))
    .map((what) => `${what}: ${licence[what]}`);
}

/** @throws FaceTriggerError `ERR_MODEL_LICENCE` unless code and weights are known to allow commercial use */
export function assertCommercial(part: ModelPart): void {
  const obstacles = commercialObstacles(part);
  if (obstacles.length === 0) return;
  const message =
    `The ${part.kind} model "${part.id}" is not known to be free for commercial use (${obstacles.join(', ')}): ` +
    'use other models, or leave the demand for commercial use out';
  throw new FaceTriggerError('ERR_MODEL_LICENCE', message, { details: { id: part.id, obstacles } });
}
