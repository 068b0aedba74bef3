import { GalleryChooser } from './components/gallery-chooser.tsx';
import { Navigation } from './components/navigation.tsx';
import { PageHead } from './components/page-head.tsx';
import { ToastList } from './components/toast-list.tsx';
import { EnrollmentProvider } from './pages/enroll/enrollment-provider.tsx';
import { hasPart, pageOf, type Room, roomsFor } from './rooms.tsx';
import { DeletionProvider } from './state/deletions.tsx';
import { GalleriesProvider } from './state/galleries.tsx';
import { PlaceProvider } from './state/place.tsx';
import { SessionGate, useSession } from './state/session.tsx';
import { ToastProvider } from './state/toasts.tsx';
import { useRoute } from './state/use-route.ts';

/** The whole page: navigation, the room that the address names, and what passes by. */
export function App() {
  return (
    <ToastProvider>
      <SessionGate>
        <Rooms />
      </SessionGate>
      <ToastList />
    </ToastProvider>
  );
}

/** The rooms that the key opens, and the one that is shown. */
function Rooms() {
  const { may, session } = useSession();
  const rooms = roomsFor({ may, home: session.home, photos: session.photos });
  const room = pageOf(useRoute(), rooms);
  const Page = room.page;
  return (
    <>
      <button type="button" class="skip-link" onClick={focusMain}>
        Skip to the content
      </button>
      <Navigation rooms={rooms} current={room.id} />
      <DeletionProvider>
        <PlaceProvider>
          <EnrollmentProvider>
            <GalleriesProvider>
              <main id="main" tabIndex={-1}>
                <GalleryChooser />
                {rooms.includes(room) ? <Page key={room.id} /> : <ClosedRoom room={room} />}
              </main>
            </GalleriesProvider>
          </EnrollmentProvider>
        </PlaceProvider>
      </DeletionProvider>
    </>
  );
}

/** In place of a room that the key does not open, or that this server does not have. */
function ClosedRoom({ room }: { readonly room: Room }) {
  const { session } = useSession();
  if (!hasPart(session, room.needs)) {
    return (
      <>
        <PageHead title={room.title}>This server has nothing to show here.</PageHead>
        <p class="note">{room.needs === 'photos' ? <NoPhotos /> : <NoCameras />}</p>
      </>
    );
  }
  return (
    <>
      <PageHead title={room.title}>Your key does not open this page.</PageHead>
      <p class="note">
        It takes a key with the scope {room.scope}. Leave under Settings and enter another one.
      </p>
    </>
  );
}

function NoCameras() {
  return (
    <>
      It watches no cameras for this gallery. Start it with <code>face-trigger run</code> and a configuration
      that names them.
    </>
  );
}

function NoPhotos() {
  return (
    <>
      There are no photos beside this gallery yet.{' '}
      <code>face-trigger photos scan FOLDER --library GALLERY</code> looks through a folder; the library is
      what this server was started with as its gallery.
    </>
  );
}

// A button and not a link: the address after # names the room.
function focusMain(): void {
  document.getElementById('main')?.focus();
}
