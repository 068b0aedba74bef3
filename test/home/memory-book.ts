import { FaceTriggerError } from '../../src/core/errors.ts';
import type { Gallery } from '../../src/gallery/gallery.ts';
import type {
  Appearance,
  AppearanceBook,
  Decision,
  NamingDecision,
  WhoItIs,
} from '../../src/home/appearances/appearance-types.ts';
import type { Stranger, StrangerInbox } from '../../src/home/strangers/stranger-types.ts';

type Kind = Decision['kind'];
interface Rows {
  appearances: Appearance[];
  strangers: Stranger[];
}

/** What cameras saw, in memory: for tests of what stands before it, where no camera has to have seen it. */
export class MemoryBook {
  readonly pictures = new Map<string, Uint8Array>();
  readonly #gallery: Gallery;
  readonly #error: (code: 'ERR_NOT_FOUND') => Error;
  readonly #decisions: { decision: Decision; readonly before: Rows }[] = [];
  #rows: Rows = { appearances: [], strangers: [] };

  /** @param error - makes errors of the class that the server knows */
  constructor(gallery: Gallery, error: (code: 'ERR_NOT_FOUND') => Error = missing) {
    this.#gallery = gallery;
    this.#error = error;
  }

  add({ appearances = [], strangers = [] }: Partial<Rows>): void {
    const { appearances: seen, strangers: known } = this.#rows;
    this.#rows = { appearances: [...seen, ...appearances], strangers: [...known, ...strangers] };
  }

  readonly appearances: AppearanceBook = {
    list: async (filter = {}) => {
      const {
        limit = 50,
        cursor,
        personId,
        stranger,
        camera,
        place,
        from,
        to,
        strangersOnly,
        ignored,
      } = filter;
      const found = this.#rows.appearances
        .filter((one) => personId === undefined || one.person?.id === personId)
        .filter((one) => stranger === undefined || one.stranger === stranger)
        .filter((one) => camera === undefined || one.camera === camera)
        .filter((one) => place === undefined || one.place === place)
        .filter((one) => from === undefined || one.lastSeenAt >= from)
        .filter((one) => to === undefined || one.startedAt < to)
        .filter((one) => !strangersOnly || one.person === null)
        .filter((one) => ignored === undefined || one.ignored === ignored)
        .toSorted((a, b) => b.startedAt.getTime() - a.startedAt.getTime());
      return paged(found, { limit, cursor });
    },
    get: async (id) => this.#rows.appearances.find((one) => one.id === id) ?? null,
    picture: async (faceId) => this.pictures.get(faceId) ?? null,
    nameAs: async (id, who) => {
      const { id: _id, faces } = this.#appearance(id);
      const person = await this.#person(who);
      const decision = this.#decide('name', { appearanceIds: [id], personId: person.id });
      this.#change(id, { person, stranger: null, decidedBy: decision.id });
      return named(
        decision,
        person,
        faces.map((face) => face.id),
      );
    },
    notPerson: async (id) => {
      const decision = this.#decide('not-person', {
        ...{ appearanceIds: [id], personId: this.#appearance(id).person?.id ?? null },
      });
      this.#change(id, { person: null, decidedBy: decision.id });
      return decision;
    },
    ignore: async (id) => {
      this.#appearance(id);
      const decision = this.#decide('ignore', { appearanceIds: [id] });
      this.#change(id, { ignored: true });
      return decision;
    },
    delete: async (id) => {
      this.#appearance(id);
      const decision = this.#decide('delete', { appearanceIds: [id] });
      this.#rows = { ...this.#rows, appearances: this.#rows.appearances.filter((one) => one.id !== id) };
      return decision;
    },
    undo: async (id) => {
      const found = this.#decisions.find(({ decision }) => decision.id === id);
      if (!found) throw this.#error('ERR_NOT_FOUND');
      this.#rows = found.before;
      found.decision = { ...found.decision, undoneAt: new Date() };
      return found.decision;
    },
    decisions: async (limit = 50) =>
      this.#decisions
        .map(({ decision }) => decision)
        .reverse()
        .slice(0, limit),
  };

  readonly strangers: StrangerInbox = {
    list: async ({ limit = 50, cursor, ignored = false } = {}) =>
      paged(
        this.#rows.strangers
          .filter((one) => one.ignored === ignored)
          .toSorted((a, b) => b.lastSeenAt.getTime() - a.lastSeenAt.getTime()),
        { limit, cursor },
      ),
    get: async (id) => this.#rows.strangers.find((one) => one.id === id) ?? null,
    name: async (id, who) => {
      const { faces } = this.#stranger(id);
      const person = await this.#person(who);
      const decision = this.#decide('name-stranger', { strangerIds: [id], personId: person.id });
      this.#drop(id);
      return named(
        decision,
        person,
        faces.map((face) => face.id),
      );
    },
    merge: async (id, into) => {
      const [gone, stays] = [this.#stranger(id), this.#stranger(into)];
      const decision = this.#decide('merge-strangers', { strangerIds: [id, into] });
      this.#drop(id);
      this.#replace({ ...stays, appearances: stays.appearances + gone.appearances });
      return decision;
    },
    split: async (id, appearanceIds) => {
      this.#stranger(id);
      return { ...this.#decide('split-stranger', { strangerIds: [id], appearanceIds }), strangerId: 'new' };
    },
    ignore: async (id) => {
      const stranger = this.#stranger(id);
      const decision = this.#decide('ignore-stranger', { strangerIds: [id] });
      this.#replace({ ...stranger, ignored: true });
      return decision;
    },
    delete: async (id) => {
      this.#stranger(id);
      const decision = this.#decide('delete-stranger', { strangerIds: [id] });
      this.#drop(id);
      return decision;
    },
    ignored: async () => ({ people: [], strangers: this.#rows.strangers.filter(({ ignored }) => ignored) }),
    ignorePerson: async (personId) => this.#decide('ignore-person', { personId }),
  };

  #decide(kind: Kind, about: Partial<Decision>): Decision {
    const decision: Decision = {
      ...{ id: crypto.randomUUID(), at: new Date(), kind, automatic: false, undoneAt: null },
      ...{ personId: null, appearanceIds: [], strangerIds: [], ...about },
    };
    this.#decisions.push({ decision, before: this.#rows });
    return decision;
  }

  async #person(who: WhoItIs): Promise<{ readonly id: string; readonly name: string }> {
    const found =
      'personId' in who
        ? await this.#gallery.getPerson(who.personId)
        : ((await this.#gallery.findPerson(who.name)) ?? (await this.#gallery.createPerson(who)));
    if (found === null) throw this.#error('ERR_NOT_FOUND');
    return { id: found.id, name: found.name };
  }

  #appearance(id: string): Appearance {
    const found = this.#rows.appearances.find((one) => one.id === id);
    if (!found) throw this.#error('ERR_NOT_FOUND');
    return found;
  }

  #stranger(id: string): Stranger {
    const found = this.#rows.strangers.find((one) => one.id === id);
    if (!found) throw this.#error('ERR_NOT_FOUND');
    return found;
  }

  #change(id: string, changes: Partial<Appearance>): void {
    const appearances = this.#rows.appearances.map((one) => (one.id === id ? { ...one, ...changes } : one));
    this.#rows = { ...this.#rows, appearances };
  }

  #drop(id: string): void {
    this.#rows = { ...this.#rows, strangers: this.#rows.strangers.filter((one) => one.id !== id) };
  }

  #replace(stranger: Stranger): void {
    const strangers = this.#rows.strangers.map((one) => (one.id === stranger.id ? stranger : one));
    this.#rows = { ...this.#rows, strangers };
  }
}

function paged<Item>(
  all: readonly Item[],
  { limit, cursor }: { readonly limit: number; readonly cursor: string | null | undefined },
): { readonly items: readonly Item[]; readonly nextCursor: string | null } {
  const start = Number(cursor ?? 0);
  const end = start + limit;
  return { items: all.slice(start, end), nextCursor: end < all.length ? String(end) : null };
}

function named(
  decision: Decision,
  person: NamingDecision['person'],
  enrolledFaceIds: readonly string[],
): NamingDecision {
  return { ...decision, person, created: false, enrolledFaceIds, leftOut: [] };
}

function missing(code: 'ERR_NOT_FOUND'): Error {
  return new FaceTriggerError(code, 'There is nothing with this id');
}
