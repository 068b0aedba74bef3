import { useRef, useState } from 'preact/hooks';
import type { PhotoSuggestion } from '../../api/types.ts';
import { counted } from '../../components/counted.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNote } from '../../components/error-note.tsx';
import { FaceCrop } from '../../components/face-crop.tsx';
import { useRoving } from '../../components/use-roving.ts';
import { useSession } from '../../state/session.tsx';
import { useToasts } from '../../state/toasts.tsx';
import { useFaceDecisions } from '../../state/use-face-decisions.ts';
import { useLoad } from '../../state/use-load.ts';
import { namedFacesText } from './named-faces-text.ts';
import { NextReview } from './next-review.tsx';
import { ReviewCard } from './review-card.tsx';

/** As many as are reviewed in one go. */
const AT_ONCE = 40;

/** What identifies a suggestion: the first of its faces. */
const idOf = ({ faceIds }: PhotoSuggestion): string => faceIds[0]!;

/** "Is this Ada?", again and again: one key each. */
export function ReviewView({ personId }: { readonly personId: string }) {
  const { api } = useSession();
  const { fail } = useToasts();
  const loaded = useLoad(
    (signal) => api.photos.suggestions(personId, { limit: AT_ONCE, signal }),
    [api, personId],
  );
  const [done, setDone] = useState<ReadonlySet<string>>(new Set());
  const list = useRef<HTMLUListElement>(null);
  const undone = () => {
    setDone(new Set());
    loaded.reload();
  };
  const { decide, undoLast } = useFaceDecisions(() => undefined);
  const value = loaded.value;
  const person = value?.person;
  const items = (value?.items ?? []).filter((item) => !done.has(idOf(item)));
  const hide = (gone: readonly PhotoSuggestion[]): void => {
    const ids = gone.map(idOf);
    // The next one has the focus before this one goes, so that the keys go on.
    const cards = [...(list.current?.querySelectorAll<HTMLElement>('[data-card]') ?? [])];
    const at = cards.findIndex((card) => ids.includes(card.dataset['card']!));
    const hadFocus = cards[at]?.contains(document.activeElement) ?? false;
    if (hadFocus) (cards[at + ids.length] ?? cards[at - 1])?.focus();
    setDone((before) => new Set([...before, ...ids]));
  };
  const show = (items: readonly PhotoSuggestion[]): void =>
    setDone((before) => new Set([...before].filter((id) => !items.some((item) => idOf(item) === id))));
  const send = async (gone: readonly PhotoSuggestion[], decided: Promise<void>): Promise<void> => {
    hide(gone);
    try {
      await decided;
    } catch (error) {
      show(gone);
      fail(error);
    }
  };
  const facesOf = (some: readonly PhotoSuggestion[]) => ({ faces: some.flatMap(({ faceIds }) => faceIds) });
  const yes = (some: readonly PhotoSuggestion[]): void => {
    const name = () => api.photos.name(facesOf(some), { personId }, { confirm: true });
    void send(some, decide(name, namedFacesText));
  };
  const no = (item: PhotoSuggestion): void => {
    const deny = () => api.photos.deny(facesOf([item]), personId);
    void send([item], decide(deny, `Not ${person?.name ?? 'them'}`));
  };
  const ignore = (item: PhotoSuggestion): void => {
    const work = () => api.photos.ignore(facesOf([item]));
    void send([item], decide(work, `${counted(item.faces, 'face')} ignored`));
  };
  const roving = useRoving(items.map(idOf), (id, event) => {
    const item = items.find((one) => idOf(one) === id);
    if (!item) return;
    const key = event.key.toLowerCase();
    if (key === 'y') yes([item]);
    if (key === 'n') no(item);
    if (key === 'i') ignore(item);
    if (key === 'u') void undoLast().then(undone);
  });
  return (
    <>
      <ErrorNote error={loaded.error} onRetry={loaded.reload} />
      {value && person && (
        <div class="review-head">
          <ul class="crops-row" aria-label={`Faces of ${person.name}`}>
            {value.best.map((face) => (
              <li key={face.id}>
                <FaceCrop face={face} />
              </li>
            ))}
          </ul>
          <div class="row">
            <h2 class="grow">
              Is this {person.name}? <small>{counted(items.length, 'suggestion')} left</small>
            </h2>
            {items.length > 1 && (
              <button type="button" class="primary" onClick={() => yes(items)}>
                Yes to all {items.length}
              </button>
            )}
          </div>
        </div>
      )}
      {value && person && items.length === 0 && (
        <EmptyState icon="who" title={`Nothing is left to review for ${person.name}`}>
          <div class="row center">
            <button type="button" onClick={undone}>
              Look for more
            </button>
            <NextReview personId={personId} />
          </div>
        </EmptyState>
      )}
      <ul ref={list} class="review" aria-label="Suggestions" aria-busy={loaded.loading} {...roving.list}>
        {items.map((item) => (
          <ReviewCard
            key={idOf(item)}
            item={item}
            name={person?.name ?? ''}
            card={roving.card(idOf(item))}
            inside={roving.inside(idOf(item))}
            onYes={() => yes([item])}
            onNo={() => no(item)}
          />
        ))}
      </ul>
      {items.length > 0 && (
        <p class="hint keys">
          Keys: arrows go from one to the next, <kbd>Y</kbd> yes, <kbd>N</kbd> no, <kbd>I</kbd> ignore,{' '}
          <kbd>U</kbd> undo the last answer.
        </p>
      )}
    </>
  );
}
