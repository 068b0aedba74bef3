/**
 * Hides what a camera address keeps secret: user name, password and the whole query, which is where cameras put
 * passwords and tokens.
 *
 * @param text - an address, or a text with addresses in it such as what ffmpeg prints
 * @returns the text with `***` in those places; a text without addresses is returned as it is
 */
export function redact(text: string): string {
  return (
    text
      // Greedy up to the last @ before the path, as passwords may hold an unescaped @ or :.
      .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/?#'"]*@/gi, '$1***@')
      .replace(/([a-z][a-z0-9+.-]*:\/\/[^\s?#'"]*)\?[^\s#'"]*/gi, '$1?***')
      .replace(/\b(authorization|cookie|x-api-key)(\s*[:=]\s*)[^\r\n]+/gi, '$1$2***')
  );
}
