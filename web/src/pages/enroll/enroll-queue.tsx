import { useEffect, useState } from 'preact/hooks';
import type { EnrollItem, Enrollment } from './use-enrollment.ts';

const STATES: Readonly<Record<EnrollItem['state'], string>> = {
  waiting: 'Waiting',
  sending: 'Being looked at',
  added: 'Added',
  there: 'Already there',
  refused: 'Refused',
  failed: 'Failed',
  canceled: 'Left out',
};

/** What became of each picture, and how far all of them are. */
export function EnrollQueue({ enrollment }: { readonly enrollment: Enrollment }) {
  const { items } = enrollment;
  if (items.length === 0) return null;
  const count = (state: EnrollItem['state']) => items.filter((item) => item.state === state).length;
  const open = count('waiting') + count('sending');
  const done = items.length - open;
  return (
    <section class="card" aria-labelledby="queue-title">
      <div class="row">
        <h2 id="queue-title" class="grow">
          Pictures
        </h2>
        {open > 0 && (
          <button type="button" onClick={enrollment.cancel}>
            Stop
          </button>
        )}
        {done > 0 && (
          <button type="button" onClick={enrollment.clear}>
            Clear the list
          </button>
        )}
      </div>
      <progress max={items.length} value={done} aria-label="Finished pictures" />
      <p role="status">
        {done} of {items.length} done: {count('added')} added,{' '}
        {count('there') > 0 && `${count('there')} already there, `}
        {count('refused')} refused, {count('failed')} failed
      </p>
      <ul class="list pictures" aria-label="Pictures">
        {items.map((item) => (
          <QueueLine key={item.id} item={item} enrollment={enrollment} />
        ))}
      </ul>
    </section>
  );
}

function QueueLine({ item, enrollment }: { readonly item: EnrollItem; readonly enrollment: Enrollment }) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(item.picture);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [item.picture]);
  return (
    <li class={item.state}>
      <img src={url} alt="" loading="lazy" width="56" height="56" />
      <span class="grow">
        <strong>{item.name}</strong> <small class="path">{item.source}</small>
        {item.remarks.map((remark) => (
          <span key={remark} class="remark">
            {remark}
          </span>
        ))}
      </span>
      <span class="state">{STATES[item.state]}</span>
      {item.state === 'refused' && item.canForce && (
        <button type="button" onClick={() => enrollment.retry(item.id, 'off')}>
          Take it anyway
        </button>
      )}
      {item.state === 'failed' && (
        <button type="button" onClick={() => enrollment.retry(item.id, item.review)}>
          Try again
        </button>
      )}
    </li>
  );
}
