import { useState } from 'preact/hooks';
import { ApiError } from '../../api/api-error.ts';
import type { Evaluation } from '../../api/types.ts';
import { distanceText } from '../../components/distance-text.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNote } from '../../components/error-note.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { useSession } from '../../state/session.tsx';
import { useToasts } from '../../state/toasts.tsx';
import { useLoad } from '../../state/use-load.ts';
import { ErrorChart } from './error-chart.tsx';
import { FoundList } from './found-list.tsx';
import { Histogram } from './histogram.tsx';
import { ThresholdPanel } from './threshold-panel.tsx';

/** How right the gallery is about its own faces. */
export function EvaluatePage() {
  const { api, may } = useSession();
  const [sample, setSample] = useState(500);
  const loaded = useLoad<Evaluation>((signal) => api.evaluate({ sample, signal }), [api, sample]);
  const { value, error, loading } = loaded;
  const isTooSmall = error instanceof ApiError && error.code === 'ERR_TOO_FEW_SAMPLES';
  return (
    <>
      <PageHead title="Evaluate">
        Every photo is searched for without itself, and once more as if its person were a stranger.
      </PageHead>
      <div class="toolbar">
        <p class="grow" role="status">
          {loading ? 'Measuring …' : value ? summary(value) : ' '}
        </p>
        <label class="field inline">
          <span>Maximum number of photos to test</span>
          <select value={sample} onChange={(event) => setSample(Number(event.currentTarget.value))}>
            {[100, 500, 2000].map((n) => (
              <option key={n} value={n}>
                {n.toLocaleString('en')}
              </option>
            ))}
          </select>
        </label>
        <button type="button" disabled={loading} onClick={loaded.reload}>
          Measure again
        </button>
      </div>
      {isTooSmall ? (
        <EmptyState icon="evaluate" title="Too few photos to say anything">
          <p>{error.message}.</p>
          {may('admin') && (
            <a class="button primary" href="#/enroll">
              Add photos
            </a>
          )}
        </EmptyState>
      ) : (
        <ErrorNote error={error} onRetry={loaded.reload} />
      )}
      {value && !isTooSmall && <Report key={value.maxDistance} evaluation={value} />}
    </>
  );
}

function Report({ evaluation }: { readonly evaluation: Evaluation }) {
  const { api, may, refresh } = useSession();
  const { show, fail } = useToasts();
  const [maxDistance, setMaxDistance] = useState(nearestStep(evaluation, evaluation.maxDistance));
  const use = async (): Promise<void> => {
    try {
      await api.changeSettings({ maxDistance });
      refresh();
      show({ text: `Faces up to distance ${maxDistance} get a name from now on` });
    } catch (error) {
      fail(error);
    }
  };
  return (
    <>
      <ThresholdPanel
        evaluation={evaluation}
        maxDistance={maxDistance}
        onChange={setMaxDistance}
        onUse={may('admin') ? () => void use() : null}
      />
      <div class="charts">
        <Histogram evaluation={evaluation} maxDistance={maxDistance} />
        <ErrorChart evaluation={evaluation} maxDistance={maxDistance} />
      </div>
      <div class="charts">
        <FoundList
          title="Most alike"
          hint="The most similar photos of different people. If their distance is within the threshold, the first person would get the second one's name if the first were not enrolled."
          found={evaluation.nearestStrangers}
          maxDistance={maxDistance}
          bad="within"
        />
        <FoundList
          title="Least alike"
          hint="Photos that are farthest from the other photos of their own person. A wrong name or a poor photo is often the reason."
          found={evaluation.farthestOwn}
          maxDistance={maxDistance}
          bad="beyond"
        />
      </div>
      <p class="hint">
        Photos of one occasion are more alike than photos of another day: misses will be more frequent than
        this says if the photos of a person come from one video. Intervals hold the true rate with{' '}
        {Math.round(evaluation.confidence * 100)} % certainty (Clopper and Pearson) if the photos are drawn
        like those to come.
      </p>
    </>
  );
}

function summary({ faces, tried, ownSearches, auc, equalError, range }: Evaluation): string {
  const n = (value: number) => value.toLocaleString('en');
  const drawn =
    tried < faces ? `${n(tried)} of ${n(faces)} photos, drawn at random` : `all ${n(tried)} photos`;
  return `Tried ${drawn}; ${n(ownSearches)} have another photo of their person. Equal error rate ${(equalError.rate * 100).toFixed(1)} % at ${distanceText(equalError.maxDistance, range)}, area under the curve ${auc.toFixed(4)}.`;
}

function nearestStep({ thresholds }: Evaluation, wanted: number): number {
  const gap = (distance: number) => Math.abs(distance - wanted);
  return thresholds.reduce((best, { maxDistance }) => (gap(maxDistance) < gap(best) ? maxDistance : best), 0);
}
