import { useState } from 'preact/hooks';

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

/** One stop of the Tab key for a list of cards: arrow keys go from card to card, and Tab goes on into the card. */
export interface Roving {
  /** For the list. */
  readonly list: { readonly onKeyDown: (event: KeyboardEvent) => void };
  /** For each card, which must be a direct child of the list. */
  card(id: string): {
    readonly tabIndex: number;
    readonly onFocusCapture: () => void;
    readonly 'data-card': string;
  };
  /** For what is inside a card. */
  inside(id: string): { readonly tabIndex: number };
}

/**
 * Keeps which card of a list the Tab key leads to.
 *
 * @param ids - of the cards, in their order
 * @param onKey - other keys that are pressed on a card itself
 * @remarks The pattern: WAI-ARIA Authoring Practices, "Managing focus within components using a roving tabindex".
 */
export function useRoving(ids: readonly string[], onKey: (id: string, event: KeyboardEvent) => void): Roving {
  const [chosen, setChosen] = useState<string | null>(null);
  const current = chosen !== null && ids.includes(chosen) ? chosen : (ids[0] ?? null);
  const onKeyDown = (event: KeyboardEvent): void => {
    const card = event.target as HTMLElement;
    const id = card.dataset['card'];
    if (id === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const cards = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('[data-card]')];
    const at = cards.indexOf(card);
    const step = STEPS[event.key];
    const next =
      event.key === 'Home' ? cards[0] : event.key === 'End' ? cards.at(-1) : step && cards[at + step];
    if (step !== undefined || event.key === 'Home' || event.key === 'End') {
      event.preventDefault();
      if (next) next.focus();
      return;
    }
    onKey(id, event);
  };
  return {
    list: { onKeyDown },
    card: (id) => ({
      tabIndex: id === current ? 0 : -1,
      onFocusCapture: () => setChosen(id),
      'data-card': id,
    }),
    inside: (id) => ({ tabIndex: id === current ? 0 : -1 }),
  };
}
