import { useEffect, useState } from 'preact/hooks';

/** A picture of a person where the gallery keeps some, and the first letters of the name elsewhere. */
export function PersonPicture(props: {
  readonly name: string;
  /** Fetches the picture; `null` where there is none. */
  readonly load: ((signal: AbortSignal) => Promise<Blob>) | null;
  /** 'crop': as a camera saw it, large and with corners. @defaultValue 'round' */
  readonly shape?: 'round' | 'crop' | undefined;
}) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (props.load === null) return;
    const controller = new AbortController();
    let made: string | null = null;
    props.load(controller.signal).then(
      (blob) => {
        if (controller.signal.aborted) return;
        made = URL.createObjectURL(blob);
        setUrl(made);
      },
      // A person without a picture keeps the letters.
      () => undefined,
    );
    return () => {
      controller.abort();
      if (made !== null) URL.revokeObjectURL(made);
    };
  }, []);
  return (
    <span class={props.shape === 'crop' ? 'person-picture crop' : 'person-picture'} aria-hidden="true">
      {url === null ? initials(props.name) : <img src={url} alt="" />}
    </span>
  );
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => word !== '');
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined];
  return letters
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toUpperCase();
}
