import { useEffect, useState } from 'preact/hooks';

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
  return /^#\/(\w+)/.exec(location.hash)?.[1] ?? '';
}
