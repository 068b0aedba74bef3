import { useSession } from '../../state/session.tsx';

/** Searches the people, and leads to what can be done with those who are chosen. */
export function PeopleToolbar(props: {
  readonly query: string;
  readonly onQuery: (query: string) => void;
  /** How many people are ticked. */
  readonly chosen: number;
  /** Whether there are two who could be one. */
  readonly canMerge: boolean;
  readonly onMerge: () => void;
}) {
  const { chosen } = props;
  const mayChange = useSession().may('admin');
  return (
    <>
      <div class="toolbar">
        <label class="field grow">
          <span>Search people</span>
          <input
            type="search"
            value={props.query}
            onInput={(event) => props.onQuery(event.currentTarget.value)}
          />
        </label>
        {mayChange && (
          <>
            <button type="button" disabled={chosen < 2} onClick={props.onMerge}>
              {chosen < 2 ? 'Merge' : `Merge ${chosen} people`}
            </button>
            <a class="button primary" href="#/enroll">
              Add people
            </a>
          </>
        )}
      </div>
      {mayChange && props.canMerge && <p class="hint">Is somebody here twice? Tick both and merge them.</p>}
    </>
  );
}
