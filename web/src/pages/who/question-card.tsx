import { useEffect, useRef, useState } from 'preact/hooks';
import type { PhotoQuestion } from '../../api/types.ts';
import { counted } from '../../components/counted.ts';
import { ErrorNote } from '../../components/error-note.tsx';
import { FaceCrop } from '../../components/face-crop.tsx';
import { percentText } from '../../components/percent-text.ts';
import { PersonNameField } from '../../components/person-name-field.tsx';
import { useSession } from '../../state/session.tsx';
import type { FaceDecisions } from '../../state/use-face-decisions.ts';
import { namedFacesText } from './named-faces-text.ts';
import { OddOnesDialog } from './odd-ones-dialog.tsx';
import { SamePersonDialog } from './same-person-dialog.tsx';
import { SuggestedPeople } from './suggested-people.tsx';
import type { Questions } from './use-questions.ts';

/** A group that nobody has named: its best faces, who it may be, and what can be said of it. */
export function QuestionCard(props: {
  readonly question: PhotoQuestion;
  readonly questions: Questions;
  readonly decisions: FaceDecisions;
}) {
  const { question, questions, decisions } = props;
  const { group, best, faces, photos, confidence, suggestions } = question;
  const { api } = useSession();
  const card = useRef<HTMLElement>(null);
  const field = useRef<HTMLFormElement>(null);
  const [name, setName] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [dialog, setDialog] = useState<'odd' | 'same' | null>(null);
  const closeDialog = (): void => {
    setDialog(null);
    card.current?.focus();
  };
  // The next question has the focus, so that keys go on: but not what the visitor is doing elsewhere.
  useEffect(() => {
    const { activeElement: active } = document;
    if (active === null || active === document.body) card.current?.focus({ preventScroll: true });
  }, [faces, dialog]);
  useEffect(() => {
    // Seen at once when it is its turn.
    for (const { id } of questions.next?.best ?? []) void api.photos.thumbnail(id);
  }, [questions.next?.group]);
  const answer: FaceDecisions['decide'] = async (work, text) => {
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      await decisions.decide(work, text);
      (document.activeElement as HTMLElement | null)?.blur();
      questions.goOn(true);
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  const save = (): void => {
    if (name.trim() === '') return;
    void answer(() => api.photos.name({ group }, { name: name.trim() }), namedFacesText);
  };
  const accept = (index: number): void => {
    const person = suggestions[index]?.person;
    if (!person) return;
    const personId = person.id;
    void answer(() => api.photos.name({ group }, { personId }, { confirm: true }), namedFacesText);
  };
  const actions: Readonly<Record<string, () => void>> = {
    n: () => field.current?.querySelector('input')?.focus(),
    o: () => setDialog('odd'),
    m: () => setDialog('same'),
    i: () => void answer(() => api.photos.ignore({ group }), `${counted(faces, 'face')} ignored`),
    s: () => {
      (document.activeElement as HTMLElement | null)?.blur();
      questions.goOn(false);
    },
    u: () => void decisions.undoLast(),
    ...Object.fromEntries([0, 1, 2].map((index) => [String(index + 1), () => accept(index)])),
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement;
    if (event.ctrlKey || event.metaKey || event.altKey || target.closest('dialog')) return;
    if (target.matches('input')) {
      if (event.key === 'Escape') card.current?.focus();
      return;
    }
    const action = actions[event.key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    action();
  };
  return (
    <section
      ref={card}
      class="card question"
      tabIndex={-1}
      aria-label={`Who is this? ${counted(faces, 'face')}`}
      aria-busy={busy}
      onKeyDown={onKeyDown}
    >
      <ul class="crops-wall" aria-label="The best faces">
        {best.map((face) => (
          <li key={face.id}>
            <a href={`#/photos/photo/${face.photoId}`} aria-label="Show the photo">
              <FaceCrop face={face} />
            </a>
          </li>
        ))}
      </ul>
      <div class="question-text">
        <h2>
          {counted(faces, 'face')} in {counted(photos, 'photo')}
        </h2>
        {confidence !== null && (
          <p class="quiet">
            {percentText(confidence)} of them are one person, by the machine's own estimate.
          </p>
        )}
      </div>
      <SuggestedPeople
        question={question}
        busy={busy}
        onYes={accept}
        onNo={({ id, name }) =>
          void decisions
            .decide(() => api.photos.deny({ group }, id), `${counted(faces, 'face')}: not ${name}`)
            .catch(setError)
        }
      />
      <form
        ref={field}
        class="name-form"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <PersonNameField grow value={name} onChange={setName} />
        <button type="submit" class="primary" disabled={busy || name.trim() === ''}>
          Name {counted(faces, 'face')}
        </button>
      </form>
      <ErrorNote error={error} />
      <div class="row actions">
        {faces > 1 && (
          <button type="button" class="plain" onClick={actions['o']}>
            Pick the odd ones out
          </button>
        )}
        {(questions.loaded.value?.[0].left ?? 0) > 1 && (
          <button type="button" class="plain" onClick={actions['m']}>
            Join with another group
          </button>
        )}
        <button type="button" class="plain" disabled={busy} onClick={actions['i']}>
          Ignore
        </button>
        <button type="button" class="plain" onClick={actions['s']}>
          Skip
        </button>
        <button type="button" class="plain" onClick={actions['u']}>
          Undo the last answer
        </button>
      </div>
      <p class="hint keys">
        Keys: <kbd>N</kbd> name,{' '}
        {suggestions.length > 0 && (
          <>
            <kbd>1</kbd>
            {suggestions.length > 1 && (
              <>
                {' '}
                to <kbd>{suggestions.length}</kbd>
              </>
            )}{' '}
            yes to a suggestion,{' '}
          </>
        )}
        <kbd>O</kbd> odd ones, <kbd>M</kbd> join, <kbd>I</kbd> ignore, <kbd>S</kbd> skip, <kbd>U</kbd> undo,{' '}
        <kbd>Esc</kbd> leave the name.
      </p>
      {dialog === 'odd' && (
        <OddOnesDialog
          question={question}
          decide={decisions.decide}
          onAnswered={() => {
            setDialog(null);
            questions.goOn(true);
          }}
          onClose={closeDialog}
        />
      )}
      {dialog === 'same' && (
        <SamePersonDialog
          question={question}
          decide={decisions.decide}
          onMerged={() => {
            closeDialog();
            questions.lookAgain();
          }}
          onClose={closeDialog}
        />
      )}
    </section>
  );
}
