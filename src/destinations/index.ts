/** The registry of destinations; each is loaded when it is configured, not before. */
import { unchecked, type UncheckedKind } from './destination.ts';

export const destinationKinds = {
  local: async () => unchecked((await import('./local.ts')).local),
  http: async () => unchecked((await import('./http.ts')).http),
  file: async () => unchecked((await import('./file.ts')).file),
} satisfies { readonly [kind: string]: () => Promise<UncheckedKind> };

export type DestinationKindName = keyof typeof destinationKinds;

export function isDestinationKind(name: string): name is DestinationKindName {
  return Object.hasOwn(destinationKinds, name);
}
