/** How pictures come, for the API's description; no validator looks at them, the reader of uploads does. */
export function uploadBody(...names: readonly string[]): object {
  const file = { type: 'string', description: 'Picture: JPEG, PNG, WebP, AVIF, TIFF, GIF, BMP, PGM or PPM' };
  const all = (item: object) => ({
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, item])),
    required: [...names],
  });
  return {
    'multipart/form-data': all({ ...file, contentMediaType: 'application/octet-stream' }),
    'application/json': all({ ...file, contentEncoding: 'base64' }),
    ...(names.length === 1 && { 'application/octet-stream': file }),
  };
}
