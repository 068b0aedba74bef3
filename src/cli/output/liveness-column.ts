import type { Face } from '../../core/pipeline/face.ts';
import type { LivenessFlags } from '../options/liveness-options.ts';
import type { TableColumn } from './text-table.ts';

/** The column about liveness, where it was asked for. */
export function livenessColumns({ liveness }: LivenessFlags): TableColumn[] {
  return liveness === undefined ? [] : [{ title: 'LIVE', width: 11 }];
}

/** A face's cell of {@link livenessColumns}. */
export function livenessCells({ liveness }: Face): string[] {
  if (liveness === undefined) return [];
  const { live, score, attackKind } = liveness;
  return [`${live ? 'live' : (attackKind ?? 'no')} ${score.toFixed(3)}`];
}
