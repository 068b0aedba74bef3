/**
 * What to do about an address whose user and password may be misread: a `/`, `?` or `#` in them ends them.
 *
 * @returns null where they cannot be the reason
 */
export function addressHint(address: string): string | null {
  const [, authority = '', rest = ''] = /^\s*[a-z][a-z\d+.-]*:[/\\]*([^/\\?#]*)(.*)$/is.exec(address) ?? [];
  const misread = rest.includes('@');
  if (!misread && URL.canParse(address) && !authority.includes(' ')) return null;
  if (!misread && !authority.includes('@')) return null;
  return 'In a user name or password, special characters are written with a percent sign: %23 for #, %2F for /, %3F for ?, %5C for \\, %20 for a blank';
}
