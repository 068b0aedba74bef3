import { EmptyState } from '../../components/empty-state.tsx';

/** Stands where nobody is to be shown. */
export function NoPeople({ query, mayAdd }: { readonly query: string; readonly mayAdd: boolean }) {
  if (query !== '') {
    return (
      <EmptyState icon="people" title="No matching name">
        <p>Search for another part of the name.</p>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon="people" title="Nobody is known yet">
      <p>One photo of a person is enough to begin with; five or more are better.</p>
      {mayAdd && (
        <a class="button primary" href="#/enroll">
          Add people from photos or the webcam
        </a>
      )}
    </EmptyState>
  );
}
