/**
 * Which internal addresses may be called: none (false), all (true), or those of the hosts in a list: names, addresses
 * and ranges such as `10.0.0.0/8`.
 */
export type AllowInternal = boolean | readonly string[];
