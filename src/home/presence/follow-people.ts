import type { PresenceEvent } from '../../watch/watch-event.ts';
import type { Presence } from './presence.ts';
import type { Visit } from './visit.ts';
import type { VisitorNow } from './visitors-now.ts';

/** What {@link PeopleFollower} goes by. */
export interface PeopleFollowerOptions {
  readonly presence: Presence;
  /** See `visitorsNow`. */
  readonly visitorsNow: (
    visits: readonly Visit[],
    options: { readonly isOver: boolean },
  ) => Promise<ReadonlyMap<string, VisitorNow>>;
  /** Changes with the gallery. */
  readonly revision: () => Promise<string>;
}

/** Brings a {@link Presence} up to what is decided about people, whoever decided it: a page, or another process. */
export class PeopleFollower {
  readonly #options: PeopleFollowerOptions;
  #revision: string | null = null;

  constructor(options: PeopleFollowerOptions) {
    this.#options = options;
  }

  /**
   * Looks once. No event may come to the presence meanwhile.
   *
   * @returns what follows, and whether whoever shows people should read them anew
   */
  async look(time: number): Promise<{ readonly told: readonly PresenceEvent[]; readonly isNew: boolean }> {
    const { presence, visitorsNow, revision } = this.#options;
    const before = this.#revision;
    this.#revision = await revision();
    const gone = presence.gone().filter(({ personId }) => personId !== null);
    const visits = presence.current();
    const changed = await visitorsNow(visits, { isOver: false });
    const changedGone = await visitorsNow(gone, { isOver: true });
    const told: PresenceEvent[] = [];
    for (const visit of visits) {
      const to = changed.get(visit.id);
      if (to === undefined) continue;
      const { place } = visit;
      if (typeof to === 'string') told.push(...presence.forget(visit, { time, place, reason: to }));
      else told.push(...presence.rename(visit, to, { time, place }));
    }
    for (const visit of gone) {
      const to = changedGone.get(visit.id);
      if (to !== undefined) presence.renameGone(visit, typeof to === 'string' ? null : to);
    }
    const isNew = changed.size + changedGone.size > 0;
    return { told, isNew: isNew || (before !== null && before !== this.#revision) };
  }
}
