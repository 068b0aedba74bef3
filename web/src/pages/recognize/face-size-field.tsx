/** Sides in pixels that may be chosen; others are for programs. */
const SIZES = [20, 40, 80, 160] as const;

/** Chooses how small the faces are that are looked for. */
export function FaceSizeField(props: {
  /** `null`: the server decides by the photo's size. */
  readonly value: number | null;
  readonly onChange: (value: number | null) => void;
}) {
  return (
    <label class="field">
      <span>Smallest face to find</span>
      <select
        value={String(props.value ?? '')}
        onChange={({ currentTarget }) =>
          props.onChange(currentTarget.value === '' ? null : Number(currentTarget.value))
        }
      >
        <option value="">depending on the photo's size</option>
        {SIZES.map((size) => (
          <option key={size} value={size}>
            {size} pixels
          </option>
        ))}
      </select>
    </label>
  );
}
