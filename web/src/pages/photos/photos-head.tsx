import { PageHead } from '../../components/page-head.tsx';

/** Title of the photos, and which of them are shown. */
export function PhotosHead({ current }: { readonly current: 'people' | 'all' }) {
  return (
    <>
      <PageHead title="Photos">Who is in your pictures. The originals are only read.</PageHead>
      <nav class="tabs" aria-label="What of the photos">
        <a href="#/photos" aria-current={current === 'people' ? 'page' : undefined}>
          People
        </a>
        <a href="#/photos/all" aria-current={current === 'all' ? 'page' : undefined}>
          All photos
        </a>
      </nav>
    </>
  );
}
