import { FaceTriggerError } from '../core/errors.ts';
import type { ModelPart } from './model-pack.ts';
import { readSpdxExpression } from './spdx-expression.ts';

/**
 * Whether a license is known to allow commercial use.
 *
 * @param expression - of SPDX, such as "MIT", "mit OR GPL-3.0-only" or "(Apache-2.0 AND BSD-3-Clause)"
 */
export function allowsCommercialUse(expression: string): boolean {
  return readSpdxExpression(expression)?.isCommercial ?? false;
}

/**
 * Which of a model's licenses do not allow commercial use, or are not known to.
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
    'use other models, or do not ask for models that allow commercial use';
  throw new FaceTriggerError('ERR_MODEL_LICENCE', message, { details: { id: part.id, obstacles } });
}
