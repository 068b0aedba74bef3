import type { Gallery } from '../gallery/gallery.ts';
import { EventHub } from './event-hub.ts';
import type { OwnContext } from './served-galleries.ts';
import type { ServerOptions } from './server-options.ts';
import { ServerSettings } from './server-settings.ts';
import { SharedEvents } from './shared/shared-events.ts';
import { SharedSettings } from './shared/shared-settings.ts';

type OwnContextOptions = Pick<
  ServerOptions,
  'shared' | 'settings' | 'settingsOf' | 'maxDistance' | 'gallery' | 'jobs'
> & { readonly name: string; readonly log: (message: string) => void };

/**
 * Makes what a gallery has of its own: its events and its settings, in the database that servers share, or here, and its
 * jobs where the server knows them.
 */
export async function ownContext(gallery: Gallery, options: OwnContextOptions): Promise<OwnContext> {
  const { shared, name, log } = options;
  const isMain = gallery === options.gallery;
  const maxDistance = (isMain ? options.maxDistance : undefined) ?? gallery.thresholds.identify;
  const jobs = (isMain ? options.jobs?.queue : await options.jobs?.queues?.of(name)) ?? null;
  const given = isMain ? options.settings : await options.settingsOf?.(name, maxDistance);
  if (shared === undefined) {
    const settings = given ?? (await ServerSettings.open({ path: null, maxDistance }));
    return {
      gallery,
      jobs,
      events: new EventHub(),
      settings,
      isKept: given !== undefined,
      close: async () => undefined,
    };
  }
  const number = await shared.numberOf(name);
  const settings = given ?? (await ServerSettings.over(new SharedSettings(shared, number), { maxDistance }));
  const events = await SharedEvents.open(shared, { gallery: number, log });
  const close = async (): Promise<void> => {
    if (given === undefined) settings.close();
    await events.close();
  };
  return { gallery, jobs, events, settings, isKept: true, close };
}
