import { useEffect, useState } from 'preact/hooks';

/** Addresses of earlier versions, which people have bookmarked. */
const OLD_ROUTES: Readonly<Record<string, string>> = { enrol: 'enroll', recognise: 'recognize' };

/** The room that the address names: "people" for "#/people". */
export function useRoute(): string {
  const [route, setRoute] = useState(readRoute);
  useEffect(() => {
    const onChange = () => setRoute(readRoute());
    addEventListener('hashchange', onChange);
    return () => removeEventListener('hashchange', onChange);
  }, []);
  return route;
}

function readRoute(): string {
  const route = /^#\/(\w+)/.exec(location.hash)?.[1] ?? '';
  const renamed = Object.hasOwn(OLD_ROUTES, route) ? OLD_ROUTES[route]! : null;
  if (renamed === null) return route;
  // In the place of the old address, so that the back button does not lead to it again.
  history.replaceState(history.state, '', `#/${renamed}`);
  return renamed;
}
