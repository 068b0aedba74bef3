import type { ComponentType } from 'preact';
import type { IconName } from './components/icon.tsx';
import { EnrolPage } from './pages/enrol/enrol-page.tsx';
import { EvaluatePage } from './pages/evaluate/evaluate-page.tsx';
import { EventsPage } from './pages/events/events-page.tsx';
import { LivePage } from './pages/live/live-page.tsx';
import { PeoplePage } from './pages/people/people-page.tsx';
import { RecognisePage } from './pages/recognise/recognise-page.tsx';
import { SettingsPage } from './pages/settings/settings-page.tsx';

/** A place that the navigation leads to. */
export interface Room {
  /** Stands in the address after "#/". */
  readonly id: IconName;
  readonly title: string;
  readonly page: ComponentType;
}

/** In the order of the navigation. */
export const ROOMS: readonly Room[] = [
  { id: 'people', title: 'People', page: PeoplePage },
  { id: 'enrol', title: 'Enrol', page: EnrolPage },
  { id: 'recognise', title: 'Recognise', page: RecognisePage },
  { id: 'live', title: 'Live', page: LivePage },
  { id: 'events', title: 'Events', page: EventsPage },
  { id: 'evaluate', title: 'Evaluate', page: EvaluatePage },
  { id: 'settings', title: 'Settings', page: SettingsPage },
];

/** The room of an address; the first one where it names none. */
export function pageOf(route: string): Room {
  return ROOMS.find(({ id }) => id === route) ?? ROOMS[0]!;
}
