import { createHash } from 'node:crypto';

interface Operation {
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly description?: string;
  }[];
  readonly requestBody?: unknown;
  readonly responses?: unknown;
}

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
details { border: 1px solid #8884; border-radius: 6px; margin: .5rem 0; padding: .5rem .75rem; }
summary { cursor: pointer; } b { display: inline-block; min-width: 4.5rem; } pre { overflow: auto; }
`;

/** SHA-256 of the page's style in base64: the only inline style that the security policy lets through. */
export const DOCS_STYLE_HASH: string = createHash('sha256').update(STYLE).digest('base64');

/** The OpenAPI document as one page without scripts, fonts or anything from elsewhere. */
export function docsPage(document: {
  readonly info: { readonly title: string; readonly version: string };
  readonly paths?: object | undefined;
}): string {
  const operations = Object.entries(
    (document.paths ?? {}) as Record<string, Record<string, Operation>>,
  ).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => section(method, path, operation)),
  );
  const title = `${escapeHtml(document.info.title)} ${escapeHtml(document.info.version)}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${title}</h1>
<p>The same as data: <a href="openapi.json">openapi.json</a>. Keys go into the header <code>x-api-key</code>, or
<code>Authorization: Bearer</code>. The routes of CompreFace (<code>/api/v1/recognition</code>,
<code>/verification</code>, <code>/detection</code>) are there too, as CompreFace documents them.</p>
${operations.join('\n')}
</body>
</html>
`;
}

function section(method: string, path: string, operation: Operation): string {
  const parameters = (operation.parameters ?? []).map(
    ({ name, in: place, description = '' }) =>
      `<li><code>${escapeHtml(name)}</code> (${escapeHtml(place)}) ${escapeHtml(description)}</li>`,
  );
  const block = (title: string, value: unknown) =>
    value === undefined ? '' : `<h3>${title}</h3><pre>${escapeHtml(JSON.stringify(value, null, 2))}</pre>`;
  return `<details><summary><b>${escapeHtml(method.toUpperCase())}</b> <code>${escapeHtml(path)}</code> ${escapeHtml(operation.summary ?? '')}</summary>
${parameters.length > 0 ? `<h3>Parameters</h3><ul>${parameters.join('')}</ul>` : ''}
${block('Request', operation.requestBody)}${block('Answers', operation.responses)}</details>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
