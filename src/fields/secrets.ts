/** What was masked in a record. Redaction sets these, behind the mapper. */
import { count, fieldGroup, tallies } from './field.ts';

export const secretFields = fieldGroup({
  secrets_masked: count('redaction', 'Secrets that were masked in the texts of the record.'),
  secret_kinds: tallies('redaction', 'Their kinds with their number, as `aws-access-key=1`.'),
});
