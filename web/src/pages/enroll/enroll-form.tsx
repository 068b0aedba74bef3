import type { ReviewLevel } from '../../api/create-api.ts';
import { PersonNameField } from '../../components/person-name-field.tsx';

/** What goes for all photos that are added. */
export interface EnrollValues {
  /** Empty: the name of each photo's folder. */
  readonly name: string;
  readonly review: ReviewLevel;
  /** A day such as 2027-01-31, or empty. */
  readonly expires: string;
}

/** Asks whose photos these are, how strictly they are judged and how long the person stays. */
export function EnrollForm(props: {
  readonly values: EnrollValues;
  readonly onChange: (changes: Partial<EnrollValues>) => void;
}) {
  const { values, onChange } = props;
  return (
    <div class="card form enroll-form">
      <PersonNameField
        grow
        value={values.name}
        describedBy="name-hint"
        onChange={(name) => onChange({ name })}
      />
      <label class="field">
        <span>Check of the photos</span>
        <select
          value={values.review}
          onChange={(event) => onChange({ review: event.currentTarget.value as ReviewLevel })}
        >
          <option value="standard">Refuse unusable photos</option>
          <option value="strict">Refuse all but good photos</option>
          <option value="off">Take everything</option>
        </select>
      </label>
      <label class="field">
        <span>Delete a new person on</span>
        <input
          type="date"
          value={values.expires}
          onInput={(event) => onChange({ expires: event.currentTarget.value })}
        />
      </label>
      <p id="name-hint" class="hint full">
        Leave the name empty to take the names of folders. Ask people before you enroll them. A new person is
        deleted when the day begins in UTC.
      </p>
    </div>
  );
}
