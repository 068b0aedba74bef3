import type { Evaluation, Rate } from '../../api/types.ts';
import { distanceText } from '../../components/distance-text.ts';

/** Moves the threshold and shows what it does. */
export function ThresholdPanel(props: {
  readonly evaluation: Evaluation;
  readonly maxDistance: number;
  readonly onChange: (maxDistance: number) => void;
  /** Sets the threshold on the server; `null` where the key may not. */
  readonly onUse: (() => void) | null;
}) {
  const { evaluation, maxDistance } = props;
  const { thresholds } = evaluation;
  const index = thresholds.findIndex((one) => one.maxDistance === maxDistance);
  const at = thresholds[Math.max(0, index)]!;
  const text = distanceText(maxDistance, evaluation.range);
  const isSet = Math.abs(evaluation.maxDistance - maxDistance) < 1e-9;
  return (
    <section class="card threshold" aria-label="Threshold">
      <div class="row">
        <label class="field grow">
          <span>
            Threshold: names up to distance <strong>{text}</strong>
          </span>
          <input
            type="range"
            min={0}
            max={thresholds.length - 1}
            value={index}
            aria-valuetext={`distance ${text}`}
            onInput={(event) => props.onChange(thresholds[Number(event.currentTarget.value)]!.maxDistance)}
          />
        </label>
        {props.onUse && (
          <button type="button" disabled={isSet} onClick={props.onUse}>
            {isSet ? 'In use' : 'Use this threshold'}
          </button>
        )}
      </div>
      <dl class="figures rates" aria-live="polite">
        <RateFigure
          id="false-matches"
          title="False matches"
          explanation="strangers who would be called somebody"
          rate={at.falseMatches}
        />
        <RateFigure
          id="misses"
          title="Misses"
          explanation="known people who would not get their name"
          rate={at.misses}
        />
      </dl>
    </section>
  );
}

function RateFigure(props: {
  readonly id: 'false-matches' | 'misses';
  readonly title: string;
  readonly explanation: string;
  readonly rate: Rate;
}) {
  const { rate, count, trials, low, high } = props.rate;
  return (
    <div class={props.id}>
      <dt>
        {props.title} <small>{props.explanation}</small>
      </dt>
      <dd>
        <strong>{percent(rate)}</strong> {count.toLocaleString('en')} of {trials.toLocaleString('en')}
        <small>
          between {percent(low)} and {percent(high)}
        </small>
      </dd>
    </div>
  );
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(share < 0.01 ? 2 : 1))} %`;
}
