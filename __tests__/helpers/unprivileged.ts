/** Tests that must fail at a permission, also where root runs them. */

const NOBODY = 65_534;

/** Does something without root's rights. */
export async function withoutPrivileges<Value>(action: () => Value | Promise<Value>): Promise<Value> {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(NOBODY);
  try {
    return await action();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}
