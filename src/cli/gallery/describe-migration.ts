import { printable } from '../../core/text/printable.ts';
import { MISSING_REASONS, type MissingReason } from '../../gallery/migrate/face-pictures.ts';
import type { EmbeddingJudgment } from '../../gallery/migrate/judge-embeddings.ts';
import type { MissingPictures } from '../../gallery/migrate/missing-pictures.ts';
import { counted } from '../output/counted.ts';

/** Whose pictures are missing, and why. */
export function describeMissing({ person, faces, of, negatives, reasons }: MissingPictures): string {
  const what = [
    ...(faces > 0 ? [`${faces} of ${counted(of, 'face')}`] : []),
    ...(negatives > 0 ? [counted(negatives, 'negative example')] : []),
  ].join(' and ');
  const why = Object.entries(reasons).map(
    ([reason, count]) => `${MISSING_REASONS[reason as MissingReason]} (${count})`,
  );
  return `${printable(person.name)}: ${what}: ${why.join('; ')}`;
}

/** Both versions side by side. */
export function judged({
  faces,
  samePairs,
  differentPairs,
  before,
  after,
}: EmbeddingJudgment): readonly string[] {
  const percent = (rate: number) => `${(100 * rate).toFixed(2)} %`;
  const row = (title: string, value: 'eer' | 'auc' | 'tarAtFar001') =>
    `  ${title.padEnd(34)}${percent(before[value]).padStart(10)}${percent(after[value]).padStart(10)}`;
  return [
    `judged by ${counted(faces, 'face')}: ${samePairs} pairs of one person, ${differentPairs} of two`,
    `  ${''.padEnd(34)}${'before'.padStart(10)}${'after'.padStart(10)}`,
    row('equal error rate', 'eer'),
    row('one person found, 1 in 1000 wrong', 'tarAtFar001'),
    row('area under the curve', 'auc'),
  ];
}
