/** The language of a file, by its extension. */
import { own } from '../lib/json.ts';

/** The usual name of a language; undefined for extensions that are not on the list. */
export function languageOf(extension: string | undefined): string | undefined {
  return extension === undefined ? undefined : own(LANGUAGES, extension);
}

/** Lower case and without the dot; undefined where there is none, or what stands there is no usual one. */
export function extensionOf(path: string): string | undefined {
  return /[^/\\]\.([A-Za-z\d]{1,10})$/.exec(path.slice(-64))?.[1]?.toLowerCase();
}

const EXTENSIONS: { readonly [language: string]: string } = {
  Astro: 'astro',
  C: 'c h',
  CSharp: 'cs',
  'C++': 'cc cpp cxx hh hpp hxx',
  Clojure: 'clj cljs',
  CSS: 'css',
  CSV: 'csv tsv',
  Dart: 'dart',
  Elixir: 'ex exs',
  Erlang: 'erl',
  Go: 'go',
  GraphQL: 'gql graphql',
  Haskell: 'hs',
  HTML: 'htm html',
  Java: 'java',
  JavaScript: 'cjs js jsx mjs',
  JSON: 'json json5 jsonc jsonl',
  Julia: 'jl',
  Kotlin: 'kt kts',
  Lua: 'lua',
  Markdown: 'md mdx',
  Nix: 'nix',
  Notebook: 'ipynb',
  'Objective-C': 'm mm',
  OCaml: 'ml mli',
  Perl: 'pl pm',
  PHP: 'php',
  PowerShell: 'ps1',
  Protobuf: 'proto',
  Python: 'py pyi',
  R: 'r',
  Ruby: 'rb',
  Rust: 'rs',
  Sass: 'sass scss',
  Scala: 'scala',
  Shell: 'bash sh zsh',
  SQL: 'sql',
  Svelte: 'svelte',
  Swift: 'swift',
  Terraform: 'hcl tf',
  Text: 'txt',
  TOML: 'toml',
  TypeScript: 'cts mts ts tsx',
  Vue: 'vue',
  XML: 'svg xml',
  YAML: 'yaml yml',
  Zig: 'zig',
};

const LANGUAGES: { readonly [extension: string]: string } = Object.fromEntries(
  Object.entries(EXTENSIONS).flatMap(([language, all]) => all.split(' ').map((extension) => [extension, language])),
);
