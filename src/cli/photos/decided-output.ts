import type { PhotoDecisionRow } from '../../gallery/stores/photos/photo-store.ts';
import { groupPhotos } from '../../photos/group/group-photos.ts';
import type { PhotoLibrary } from '../../photos/photo-library.ts';
import type { CommandContext } from '../command-context.ts';
import { Output } from '../output/output.ts';

/** Prints what was decided, and how to undo it. */
export async function printDecided(
  { id, kind, changes }: Pick<PhotoDecisionRow, 'id' | 'kind' | 'changes'>,
  {
    text,
    facts = {},
    json,
    context,
  }: {
    readonly text: string;
    readonly facts?: Readonly<Record<string, unknown>> | undefined;
    readonly json: true | undefined;
    readonly context: CommandContext;
  },
): Promise<void> {
  const output = new Output('', context);
  if (json) {
    await output.json({ decisionId: id, kind, faces: changes.faces?.length ?? 0, ...facts });
    return;
  }
  await output.line(text);
  output.note(`to undo it: face-trigger photos undo ${id}`);
}

/** Groups what is new or was decided since the last time: what is asked next depends on it. */
export async function groupWhatIsNew(library: PhotoLibrary, { signal }: CommandContext): Promise<void> {
  const { store } = library;
  const [grouping, revision] = [await store.grouping(), await store.revision()];
  if (grouping?.revision !== revision) await groupPhotos(library, { signal });
}
