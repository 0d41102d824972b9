/** What looking for a secret comes to. Types only. */

/** The text, or why there is none and what to do about it; neither tells anything of a secret. */
export type SecretText = { text: string } | { why: string; hint: string };
