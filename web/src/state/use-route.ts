import { useEffect, useState } from 'preact/hooks';

/** Addresses of earlier versions, which people have bookmarked. */
const OLD_ROUTES: Readonly<Record<string, string>> = { enrol: 'enroll', recognise: 'recognize' };

/** The room that the address names: "people" for "#/people". */
export function useRoute(): string {
  return useHash(readRoute);
}

/** What the address names in its room: "person" and "1" for "#/photos/person/1". */
export function usePlace(): readonly string[] {
  return useHash(readPlace).split('/').filter(Boolean);
}

function useHash(read: () => string): string {
  const [value, setValue] = useState(read);
  useEffect(() => {
    const onChange = () => setValue(read());
    addEventListener('hashchange', onChange);
    return () => removeEventListener('hashchange', onChange);
  }, []);
  return value;
}

function readPlace(): string {
  return /^#\/\w+\/([^?]*)/.exec(location.hash)?.[1] ?? '';
}

function readRoute(): string {
  const route = /^#\/(\w+)/.exec(location.hash)?.[1] ?? '';
  const renamed = Object.hasOwn(OLD_ROUTES, route) ? OLD_ROUTES[route]! : null;
  if (renamed === null) return route;
  // In the place of the old address, so that the back button does not lead to it again.
  history.replaceState(history.state, '', `#/${renamed}`);
  return renamed;
}
