import { useSession } from '../../state/session.tsx';

/** Which server this is, and how to use another key. */
export function SessionCard() {
  const { session, useKey } = useSession();
  const { maxUploadBytes, maxPixels, requestsPerMinute } = session.limits;
  return (
    <section class="card" aria-labelledby="session-title">
      <h2 id="session-title">This server</h2>
      <dl class="facts">
        <dt>Version</dt>
        <dd>{session.version}</dd>
        <dt>Pictures</dt>
        <dd>
          up to {(maxUploadBytes / 1e6).toLocaleString('en')} MB and {(maxPixels / 1e6).toLocaleString('en')}{' '}
          megapixels
        </dd>
        <dt>Requests</dt>
        <dd>up to {requestsPerMinute.toLocaleString('en')} a minute</dd>
        <dt>Pictures of faces</dt>
        <dd>
          {session.keepsThumbnails ? (
            'kept small beside each face'
          ) : (
            <>
              not kept; start the server with <code>--thumbnails</code> to see faces under People
            </>
          )}
        </dd>
        <dt>API</dt>
        <dd>
          <a href="docs">described here</a>
        </dd>
      </dl>
      {session.keysNeeded && (
        <p class="row">
          <button type="button" onClick={() => useKey(null)}>
            Forget the key of this tab
          </button>
        </p>
      )}
    </section>
  );
}
