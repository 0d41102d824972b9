/** What names and words of closed sets look like, so that text that only sits in their place can be told from them. */

/**
 * `word`: words joined by `_ - . :` (`tool_use`, `mcp__demo__add`, `PreToolUse:Bash`, `claude-opus-5-5[1m]`,
 * `<synthetic>`) · `id`: what the API and the client name things by · `tally`: a word and how many or how much of it
 * (`Bash=3`) · `dated`: a word at a date (`claude-opus-5-5@2026-09-22`) · `media`: a media type · `release`: one or two
 * words and a version or year (`Linux 6.8.0-generic`, `June 2026`) · `processor`: as makers call them · `scoped`: a word
 * and a scope (`github (user)`).
 */
export type Form = 'word' | 'id' | 'tally' | 'dated' | 'media' | 'release' | 'processor' | 'scoped';

/**
 * Up to thirty letters, with digits in one place: text in base64 or hex has them all over. Every part ends at a sign
 * that no part holds, so that one pass decides.
 */
const PART = '(?:[A-Za-z]{1,30}(?:\\d{1,8}[A-Za-z]{0,10})?|\\d{1,16}(?:[A-Za-z]{1,10}\\d{0,4})?)';
const WORD = `${PART}(?:[-_.:]{1,2}${PART}){0,15}`;
const NAME = `(?:${WORD}(?:\\[${PART}\\])?|<${PART}>)`;

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
/** Of the API: `msg_01…`, `toolu_vrtx_01…`, `req_011…`. */
const API_ID = '(?:[a-z]{1,10}_){1,3}01[A-Za-z0-9]{16,26}';
/** Of the client: `a37963224b0f142d9`, `b3iclm2ss`, `wf_8055263c-787`, `0mwpt9ify-ffec12d8`. */
const CLIENT_ID = '(?:[a-z]{1,10}_)?[0-9a-z]{1,12}(?:-[0-9a-f]{3,8})?';
const HEX = '[0-9a-f]{13,20}|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}';

export const forms: { readonly [Name in Form]: RegExp } = {
  word: new RegExp(`^${NAME}?$`),
  id: new RegExp(`^(?:${UUID}|${API_ID}|(?:${CLIENT_ID}|${HEX})(?:@v\\d{1,4})?|${WORD})?$`),
  tally: new RegExp(`^${NAME}(?:=${WORD})?$`),
  dated: new RegExp(`^${NAME}@\\d{4}-\\d\\d-\\d\\d$`),
  media: /^[a-z]{1,20}\/[a-z0-9]{1,20}(?:[-.+][a-z0-9]{1,20}){0,5}$/,
  release: /^[A-Za-z]{1,16}(?: [A-Za-z]{1,16})? \d[\w.+-]{0,29}$/,
  processor: /^(?=.{0,80}(?:\d|\((?:R|TM)\)))[\w.()@ -]{1,80}$/,
  scoped: new RegExp(`^${WORD} \\([a-z]{1,20}\\)$`),
};
