import { counted } from '../../components/counted.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNote } from '../../components/error-note.tsx';
import { useFaceDecisions } from '../../state/use-face-decisions.ts';
import { NamingProgress } from './naming-progress.tsx';
import { QuestionCard } from './question-card.tsx';
import { ReviewList } from './review-list.tsx';
import { useQuestions } from './use-questions.ts';

/** One group at a time, the most useful first, and whom to review. */
export function QuestionsView() {
  const questions = useQuestions();
  const { current, loaded, skipped } = questions;
  const decisions = useFaceDecisions(loaded.reload, questions.lookAgain);
  const [found, stats] = loaded.value ?? [null, null];
  const isGoing = found?.grouping === 'going';
  return (
    <>
      <NamingProgress stats={stats} />
      <ErrorNote error={loaded.error} onRetry={loaded.reload} />
      {found?.grouping === 'failed' && (
        <p class="note error" role="alert">
          The faces could not be grouped; what went wrong stands in the log of the server.
        </p>
      )}
      {found && <ReviewList reviews={found.reviews} />}
      {current !== null && (
        <>
          <p class="quiet" role="status">
            {counted(found?.left ?? 0, 'group')} without a name
            {isGoing ? ' · looking at what you said …' : ''}
          </p>
          <QuestionCard key={current.group} question={current} questions={questions} decisions={decisions} />
        </>
      )}
      {found !== null && current === null && skipped > 0 && (
        <EmptyState icon="who" title={`You skipped ${counted(skipped, 'group')}`}>
          <button type="button" class="primary" onClick={questions.startAgain}>
            Show them again
          </button>
        </EmptyState>
      )}
      {found !== null && current === null && skipped === 0 && (
        <EmptyState
          icon="who"
          title={isGoing ? 'Looking for people who are in several photos …' : 'Every group has a name'}
        >
          {!isGoing && found.alone > 0 && (
            <p>
              <a class="button" href="#/who/alone">
                {counted(found.alone, 'face stands alone', 'faces stand alone')}
              </a>
            </p>
          )}
        </EmptyState>
      )}
    </>
  );
}
