/** How much of a record a destination gets. */

/**
 * `none`: the record as it is, its secrets masked unless that was switched off · `secrets`: the same, and masking cannot
 * be switched off · `content`: what a human, the model or a tool wrote is hidden as well · `metadata`: places and names
 * of machines and people become keyed hashes as well.
 */
export const redactionLevels = ['none', 'secrets', 'content', 'metadata'] as const;
export type RedactionLevel = (typeof redactionLevels)[number];

/** What stands in a record where a value was. */
export const REDACTED = 'REDACTED';
