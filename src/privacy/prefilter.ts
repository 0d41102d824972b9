/** What a text must hold for any rule to find something in it: most texts hold none of it, and one look tells. */

/** How tokens begin, ours and those that secretlint's rules know. */
const BEGINNINGS = [
  'A(?:KIA|SIA|BIA|CCA|3T|GPA|IDA|ROA|IPA|NPA|NVA)[A-Z0-9]',
  'AIza',
  'GOCSPX-',
  'ya29\\.',
  'eyJ[\\w-]',
  's(?:k-[A-Za-z0-9]|k_(?:live|test)_|hp(?:pa|ca|at|ss)_)',
  'rk_(?:live|test)_',
  'whsec_',
  'g(?:h[opusr]_|ithub_pat_|l(?:pat|ptt|dt|rt|soat|cbt)-|l(?:c|sa)_|sk_)',
  'xox[a-z]-',
  'xapp-',
  'hooks\\.slack',
  'npm_[A-Za-z0-9]',
  'ntn_\\d',
  'pypi-',
  'SG\\.',
  'h(?:f_|v[sbr]\\.)',
  'd(?:o[opr]_v1_|api[A-Fa-f0-9]|ckr_pat_)',
  'lin_api_',
  'ops_ey',
  'figd_',
  'vc[piark]_',
  'PRIVATE KEY',
];

/** What secrets are assigned to, with the sign behind it; and the two schemes of authorization. */
const NAMES = [
  '(?:pass(?:word|wd|phrase)|secret|token|credential|authorization|key)[^A-Za-z0-9=:]{0,40}[=:]',
  '(?:bearer|basic)(?:\\s|\\\\)',
];

const beginning = new RegExp(BEGINNINGS.join('|'));
const name = new RegExp(NAMES.join('|'), 'i');
/** The user part of a URL, whose slashes JSON may have escaped. */
const user = /:\\{0,16}\/[^\s@"'<>]{3,256}@/;

export function mayHoldSecret(text: string): boolean {
  return beginning.test(text) || name.test(text) || user.test(text);
}
