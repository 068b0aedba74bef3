import type {
  AppearanceFace,
  AppearancePerson,
  Decision,
  NamingDecision,
  WhoItIs,
} from '../appearances/appearance-types.ts';

/** Somebody unknown who was seen, once or often. */
export interface Stranger {
  /** Stays the same across cameras, days and restarts. */
  readonly id: string;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  /** How often seen. */
  readonly appearances: number;
  readonly cameras: readonly string[];
  readonly ignored: boolean;
  /** Kept faces, best first, at most eight. */
  readonly faces: readonly (AppearanceFace & { readonly appearanceId: string })[];
  /** Somebody known who it may be: only ever suggested. */
  readonly suggestion: (AppearancePerson & { readonly probability: number }) | null;
}

/** The strangers who were seen, and what people say about them. */
export interface StrangerInbox {
  /** Last seen first. @param filter.ignored - only those on the ignore list. @defaultValue false: none of them */
  list(filter?: {
    /** 1 .. 200. @defaultValue 50 */
    readonly limit?: number | undefined;
    readonly cursor?: string | null | undefined;
    readonly ignored?: boolean | undefined;
  }): Promise<{ readonly items: readonly Stranger[]; readonly nextCursor: string | null }>;
  /** @returns `null` for an id that is none; an id that was merged gives whom it was merged into */
  get(id: string): Promise<Stranger | null>;
  /** Enrolls the good, various faces of all appearances; these and later ones are the person's. */
  name(id: string, who: WhoItIs): Promise<NamingDecision>;
  /** Two strangers are one; the second stays. */
  merge(id: string, intoId: string): Promise<Decision>;
  /** Some appearances are somebody else: a stranger of their own, who is never merged with the first again. */
  split(id: string, appearanceIds: readonly string[]): Promise<Decision & { readonly strangerId: string }>;
  /** Puts a stranger on the ignore list, or takes them off. @param isIgnored - @defaultValue true */
  ignore(id: string, isIgnored?: boolean): Promise<Decision>;
  /** Removes a stranger with all appearances; see `AppearanceBook.delete`. */
  delete(id: string): Promise<Decision>;
  /** Who is on the ignore list. */
  ignored(): Promise<{
    readonly people: readonly AppearancePerson[];
    readonly strangers: readonly Stranger[];
  }>;
  /** Puts a known person on the ignore list, or takes them off. */
  ignorePerson(personId: string, isIgnored: boolean): Promise<Decision>;
}
