import type { ComponentType } from 'preact';
import type { ApiKeyScope, Session } from './api/types.ts';
import type { IconName } from './components/icon.tsx';
import { CamerasPage } from './pages/cameras/cameras-page.tsx';
import { EnrollPage } from './pages/enroll/enroll-page.tsx';
import { EvaluatePage } from './pages/evaluate/evaluate-page.tsx';
import { EventsPage } from './pages/events/events-page.tsx';
import { LivePage } from './pages/live/live-page.tsx';
import { PeoplePage } from './pages/people/people-page.tsx';
import { PhotosPage } from './pages/photos/photos-page.tsx';
import { PresencePage } from './pages/presence/presence-page.tsx';
import { RecognizePage } from './pages/recognize/recognize-page.tsx';
import { SettingsPage } from './pages/settings/settings-page.tsx';
import { StrangersPage } from './pages/strangers/strangers-page.tsx';
import { WhoPage } from './pages/who/who-page.tsx';

/** A place that the navigation leads to. */
export interface Room {
  /** Stands in the address after "#/". */
  readonly id: IconName;
  readonly title: string;
  readonly page: ComponentType;
  /** What a key must be allowed to do; `null`: every key may enter. */
  readonly scope: ApiKeyScope | null;
  /** What it shows: a part of a home, or photos; absent: it is there without either. */
  readonly needs?: 'cameras' | 'strangers' | 'presence' | 'photos' | undefined;
}

/** In the order of the navigation. */
export const ROOMS: readonly Room[] = [
  { id: 'cameras', title: 'Cameras', page: CamerasPage, scope: 'read', needs: 'cameras' },
  { id: 'presence', title: 'Who is there', page: PresencePage, scope: 'read', needs: 'presence' },
  { id: 'strangers', title: 'Strangers', page: StrangersPage, scope: 'read', needs: 'strangers' },
  { id: 'who', title: 'Who is this?', page: WhoPage, scope: 'admin', needs: 'photos' },
  { id: 'photos', title: 'Photos', page: PhotosPage, scope: 'admin', needs: 'photos' },
  { id: 'people', title: 'People', page: PeoplePage, scope: 'read' },
  { id: 'enroll', title: 'Enroll', page: EnrollPage, scope: 'admin' },
  { id: 'recognize', title: 'Recognize', page: RecognizePage, scope: 'recognize' },
  { id: 'live', title: 'Live', page: LivePage, scope: 'recognize' },
  { id: 'events', title: 'Events', page: EventsPage, scope: 'read' },
  { id: 'evaluate', title: 'Evaluate', page: EvaluatePage, scope: 'read' },
  { id: 'settings', title: 'Settings', page: SettingsPage, scope: null },
];

/** Whose cameras and photos the rooms show, and what the key may do. */
interface Visitor extends Pick<Session, 'home' | 'photos'> {
  may(scope: ApiKeyScope): boolean;
}

/** The rooms that there are, and that a key may enter: with cameras, what they see comes first. */
export function roomsFor({ may, ...session }: Visitor): readonly Room[] {
  const open = ROOMS.filter(({ scope, needs }) => (scope === null || may(scope)) && hasPart(session, needs));
  if (session.home === null) return open;
  const events = open.filter(({ id }) => id === 'events');
  const rest = open.filter(({ id }) => id !== 'events');
  // After the cameras and who is there.
  const at = rest.filter(({ id }) => id === 'cameras' || id === 'presence').length;
  return [...rest.slice(0, at), ...events, ...rest.slice(at)];
}

/** Whether there is what a room shows. */
export function hasPart({ home, photos }: Pick<Session, 'home' | 'photos'>, part: Room['needs']): boolean {
  if (part === undefined) return true;
  if (part === 'photos') return photos;
  return home !== null && (part === 'cameras' || home[part]);
}

/** The room of an address; the first open one where it names none. */
export function pageOf(route: string, open: readonly Room[]): Room {
  return ROOMS.find(({ id }) => id === route) ?? open[0]!;
}
