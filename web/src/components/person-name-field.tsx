import { useId } from 'preact/hooks';
import { useSession } from '../state/session.tsx';
import { useLoad } from '../state/use-load.ts';

/** Asks for a name, and offers those of people who are known already. */
export function PersonNameField(props: {
  readonly value: string;
  readonly onChange: (name: string) => void;
  readonly required?: boolean | undefined;
  /** Whether it takes the room that its neighbors leave. */
  readonly grow?: boolean | undefined;
  /** The id of the text that explains it. */
  readonly describedBy?: string | undefined;
}) {
  const { api } = useSession();
  const listId = useId();
  const query = props.value.trim();
  const known = useLoad((signal) => api.listPeople({ query, limit: 20, signal }), [api, props.value]);
  return (
    <label class={props.grow ? 'field grow' : 'field'}>
      <span>Name</span>
      <input
        required={props.required}
        list={listId}
        maxLength={200}
        autocomplete="off"
        value={props.value}
        aria-describedby={props.describedBy}
        onInput={(event) => props.onChange(event.currentTarget.value)}
      />
      <datalist id={listId}>
        {known.value?.items.map((person) => (
          <option key={person.id} value={person.name} />
        ))}
      </datalist>
    </label>
  );
}
