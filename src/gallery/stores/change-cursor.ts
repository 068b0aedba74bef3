/** A place in the order in which changes were committed; only the store that gave it can read it. */
export type ChangeCursor = string | number;
