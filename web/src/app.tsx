import { Navigation } from './components/navigation.tsx';
import { ToastList } from './components/toast-list.tsx';
import { EnrolmentProvider } from './pages/enrol/enrolment-provider.tsx';
import { pageOf, ROOMS } from './rooms.tsx';
import { DeletionProvider } from './state/deletions.tsx';
import { SessionGate } from './state/session.tsx';
import { ToastProvider } from './state/toasts.tsx';
import { useRoute } from './state/use-route.ts';

/** The whole page: navigation, the room that the address names, and what passes by. */
export function App() {
  const route = useRoute();
  const room = pageOf(route);
  const Page = room.page;
  return (
    <ToastProvider>
      <SessionGate>
        <button type="button" class="skip-link" onClick={focusMain}>
          Skip to the content
        </button>
        <Navigation rooms={ROOMS} current={room.id} />
        <DeletionProvider>
          <EnrolmentProvider>
            <main id="main" tabIndex={-1}>
              <Page key={room.id} />
            </main>
          </EnrolmentProvider>
        </DeletionProvider>
      </SessionGate>
      <ToastList />
    </ToastProvider>
  );
}

// A button and not a link: the address after # names the room.
function focusMain(): void {
  document.getElementById('main')?.focus();
}
