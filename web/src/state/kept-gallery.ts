// As the key: two tabs may show two galleries.
const NAME = 'face-trigger-gallery';

/** The gallery that was chosen in this tab, or `null`. */
export function keptGallery(): string | null {
  return sessionStorage.getItem(NAME);
}

/** @param name - `null`: the one that the server takes for whoever names none */
export function keepGallery(name: string | null): void {
  if (name === null) sessionStorage.removeItem(NAME);
  else sessionStorage.setItem(NAME, name);
}
