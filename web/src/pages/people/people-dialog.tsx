import type { Person } from '../../api/types.ts';
import { MergeDialog } from './merge-dialog.tsx';
import { PhotosDialog } from './photos-dialog.tsx';
import { RenameDialog } from './rename-dialog.tsx';
import { useMerge } from './use-merge.ts';
import type { PeopleList } from './use-people.ts';
import { useRename } from './use-rename.ts';

/** What stands in front of the list of people. */
export type OpenDialog =
  | { readonly kind: 'rename' | 'photos'; readonly person: Person }
  | { readonly kind: 'merge' }
  | null;

/** The dialog that is open, if one is. */
export function PeopleDialog(props: {
  readonly open: OpenDialog;
  readonly people: PeopleList;
  /** Who would be merged. */
  readonly selected: readonly Person[];
  readonly onClose: () => void;
  readonly onMerged: () => void;
}) {
  const { open, people, selected, onClose } = props;
  const rename = useRename(people.replace);
  const merge = useMerge(people.reload);
  if (open === null) return null;
  if (open.kind === 'photos') return <PhotosDialog person={open.person} onClose={onClose} />;
  if (open.kind === 'rename') {
    const onRename = async (person: Person, name: string) => {
      await rename(person, name);
      onClose();
    };
    return <RenameDialog person={open.person} onRename={onRename} onClose={onClose} />;
  }
  const onMerge = async (into: Person) => {
    await merge(selected, into);
    props.onMerged();
    onClose();
  };
  return <MergeDialog people={selected} onMerge={onMerge} onClose={onClose} />;
}
