import type { PersonOverview } from '../../api/types.ts';
import { counted } from '../../components/counted.ts';

/** How many photos of each year: a bar that can be pressed, to see those alone. */
export function YearBars(props: {
  readonly years: PersonOverview['years'];
  readonly chosen: number | null;
  readonly onChoose: (year: number | null) => void;
}) {
  const { years, chosen, onChoose } = props;
  const most = Math.max(...years.map(({ photos }) => photos));
  return (
    <fieldset class="years">
      <legend>Over time</legend>
      {years.map(({ year, photos }) => (
        <button
          key={year}
          type="button"
          class="year"
          aria-pressed={year === chosen}
          aria-label={`${year}: ${counted(photos, 'photo')}`}
          onClick={() => onChoose(year === chosen ? null : year)}
        >
          <span class="bar" style={{ height: `${Math.max(4, (photos / most) * 100)}%` }} />
          <small>{year}</small>
        </button>
      ))}
    </fieldset>
  );
}
