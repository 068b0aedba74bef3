import type { ComponentType } from 'preact';
import type { ApiKeyScope } from './api/types.ts';
import type { IconName } from './components/icon.tsx';
import { EnrollPage } from './pages/enroll/enroll-page.tsx';
import { EvaluatePage } from './pages/evaluate/evaluate-page.tsx';
import { EventsPage } from './pages/events/events-page.tsx';
import { LivePage } from './pages/live/live-page.tsx';
import { PeoplePage } from './pages/people/people-page.tsx';
import { RecognizePage } from './pages/recognize/recognize-page.tsx';
import { SettingsPage } from './pages/settings/settings-page.tsx';

/** A place that the navigation leads to. */
export interface Room {
  /** Stands in the address after "#/". */
  readonly id: IconName;
  readonly title: string;
  readonly page: ComponentType;
  /** What a key must be allowed to do; `null`: every key may enter. */
  readonly scope: ApiKeyScope | null;
}

/** In the order of the navigation. */
export const ROOMS: readonly Room[] = [
  { id: 'people', title: 'People', page: PeoplePage, scope: 'read' },
  { id: 'enroll', title: 'Enroll', page: EnrollPage, scope: 'admin' },
  { id: 'recognize', title: 'Recognize', page: RecognizePage, scope: 'recognize' },
  { id: 'live', title: 'Live', page: LivePage, scope: 'recognize' },
  { id: 'events', title: 'Events', page: EventsPage, scope: 'read' },
  { id: 'evaluate', title: 'Evaluate', page: EvaluatePage, scope: 'read' },
  { id: 'settings', title: 'Settings', page: SettingsPage, scope: null },
];

/** The rooms that a key may enter. */
export function roomsFor(may: (scope: ApiKeyScope) => boolean): readonly Room[] {
  return ROOMS.filter(({ scope }) => scope === null || may(scope));
}

/** The room of an address; the first open one where it names none. */
export function pageOf(route: string, open: readonly Room[]): Room {
  return ROOMS.find(({ id }) => id === route) ?? open[0]!;
}
