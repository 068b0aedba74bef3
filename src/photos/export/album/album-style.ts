/** How the pages of an album look, light and dark. */
export const ALBUM_STYLE = {
  name: 'album.css',
  text: `:root{color-scheme:light dark;--line:#8885}
body{font:16px/1.5 system-ui,sans-serif;max-width:1200px;margin:0 auto;padding:1rem}
h1{margin:.5rem 0 0}h2{margin:1.5rem 0 .5rem}a{color:inherit}
.people{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:1rem}
.person{display:flex;flex-direction:column;text-decoration:none;border:1px solid var(--line);border-radius:10px;overflow:hidden}
.person img{width:100%;aspect-ratio:1;object-fit:cover}.person b,.person small{padding:0 .6rem;overflow-wrap:anywhere}
.person b{padding-top:.4rem}.person small{padding-bottom:.5rem;opacity:.75}
.photos{display:grid;grid-template-columns:repeat(auto-fill,minmax(140px,1fr));gap:.4rem}
.photos a{display:block;aspect-ratio:1;overflow:hidden;border-radius:6px;background:#8882}
.photos img{width:100%;height:100%;object-fit:cover}.photos i{display:block;padding:.5rem;overflow-wrap:anywhere}
.together{display:flex;flex-wrap:wrap;gap:.5rem;list-style:none;padding:0}
.together li{border:1px solid var(--line);border-radius:99px;padding:.1rem .8rem}
figure{margin:1rem 0}.photo{position:relative;display:inline-block;line-height:0}.photo img{max-width:100%;max-height:80vh}
.face{position:absolute;border:2px solid #fff;outline:1px solid #0008;border-radius:4px;line-height:1.3}
.face span{position:absolute;top:100%;left:-2px;background:#000b;color:#fff;font-size:.8rem;padding:0 .35rem;white-space:nowrap;max-width:14rem;overflow:hidden;text-overflow:ellipsis}
a:focus-visible{outline:3px solid #4a90ff;outline-offset:2px}
`,
} as const;
