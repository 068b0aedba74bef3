import { canonicalName } from '../../../../src/text/person-name.ts';
import type { Api } from '../../api/create-api.ts';

/** Finds people by name and makes those who are missing. */
export interface PersonFinder {
  /** @returns the person's id */
  find(name: string, expiresAt: string | null): Promise<string>;
  /** Whether the person was made here and has no photo yet. */
  isNew(name: string): boolean;
  /** Notes that a person has a photo now. */
  keep(name: string): void;
  /** Deletes people who were made here and got no photo. */
  removeEmpty(): Promise<void>;
}

/** Each name is looked up once, however many photos come with it. */
export function createPersonFinder(api: Api): PersonFinder {
  const found = new Map<string, Promise<string>>();
  const empty = new Map<string, string>();
  const look = async (name: string, expiresAt: string | null): Promise<string> => {
    const wanted = canonicalName(name);
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await api.listPeople({ query: wanted, limit: 1000, cursor: cursor ?? null });
      const person = page.items.find((one) => one.name === wanted);
      if (person) return person.id;
      cursor = page.nextCursor;
    }
    const { id } = await api.createPerson(wanted, expiresAt === null ? {} : { expiresAt });
    empty.set(name, id);
    return id;
  };
  return {
    find: (name, expiresAt) => {
      const before = found.get(name);
      if (before) return before;
      const looking = look(name, expiresAt);
      found.set(name, looking);
      looking.catch(() => found.delete(name));
      return looking;
    },
    isNew: (name) => empty.has(name),
    keep: (name) => {
      empty.delete(name);
    },
    removeEmpty: async () => {
      // People may be renamed, merged or deleted elsewhere before the next photos come.
      found.clear();
      for (const [name, id] of [...empty]) {
        empty.delete(name);
        await api.deletePerson(id);
      }
    },
  };
}
