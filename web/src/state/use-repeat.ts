import { useEffect } from 'preact/hooks';

/** Does something again and again, and not while nobody looks at the page. */
export function useRepeat(everyMs: number, work: () => void): void {
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) work();
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs, work]);
}
