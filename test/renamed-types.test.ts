import { describe, expectTypeOf, it } from 'vitest';
import type { TrackCandidate as CoreTrackCandidate } from '../src/core.ts';
import type { GalleryCandidate, GalleryMatch } from '../src/gallery.ts';
import type {
  Candidate,
  ClassifierEmbedder,
  EmbedderIdentity,
  MetricJudgement,
  MetricJudgment,
  TrackCandidate,
} from '../src/index.ts';
import type { TrackCandidate as WatchTrackCandidate } from '../src/watch.ts';

// Checked by the compiler: the names of version 0.1 still stand for what they stood for.
describe('a type that was renamed', () => {
  it('keeps its old name beside the new one', () => {
    expectTypeOf<GalleryCandidate>().toEqualTypeOf<GalleryMatch>();
    expectTypeOf<TrackCandidate>().toEqualTypeOf<Candidate<number | null>>();
    expectTypeOf<CoreTrackCandidate>().toEqualTypeOf<TrackCandidate>();
    expectTypeOf<WatchTrackCandidate>().toEqualTypeOf<TrackCandidate>();
    expectTypeOf<ClassifierEmbedder>().toEqualTypeOf<EmbedderIdentity>();
    expectTypeOf<MetricJudgement>().toEqualTypeOf<MetricJudgment>();
    expectTypeOf<Candidate>().toExtend<TrackCandidate>();
  });
});
