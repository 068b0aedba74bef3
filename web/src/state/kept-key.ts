// The key lives as long as the tab: no other tab, no later visit and no other page can read it.
const NAME = 'face-trigger-key';

/** The key that this tab was given, or `null`. */
export function keptKey(): string | null {
  return sessionStorage.getItem(NAME);
}

export function keepKey(key: string): void {
  sessionStorage.setItem(NAME, key);
}

export function forgetKey(): void {
  sessionStorage.removeItem(NAME);
}
