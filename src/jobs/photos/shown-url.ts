/** An address as people are told it: without what may be a secret, its user, password, query and fragment. */
export function shownUrl({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname}`;
}

/** Reads an address of the web. @returns `null` for anything else */
export function webUrl(text: string, base?: URL): URL | null {
  if (!URL.canParse(text, base?.href)) return null;
  const url = new URL(text, base?.href);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url : null;
}
