/** The absolute address of a folder of models, with the slash that makes it one. */
export function modelsFolder(models: string | URL = '/models/'): string {
  const folder = new URL(`${models}`, globalThis.document?.baseURI ?? location.href);
  if (!folder.pathname.endsWith('/')) folder.pathname += '/';
  return folder.href;
}
