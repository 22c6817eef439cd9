/** Which snapshot descends from which, and the tree that virsh draws of it. Pure. */

/** What of a snapshot a tree is made of. */
export interface TreeNode {
  readonly name: string;
  readonly parent?: string;
}

/** The children of one, in the order in which they were made. */
export function childrenIn<T extends TreeNode>(all: readonly T[], name: string): T[] {
  return all.filter(({ parent }) => parent === name);
}

/** Its children, their children and so on, each after its parent. */
export function descendantsIn<T extends TreeNode>(all: readonly T[], name: string): T[] {
  const known = new Set([name]);
  // In the order in which they were made each comes after its parent.
  return all.filter((snapshot) => {
    if (snapshot.parent === undefined || !known.has(snapshot.parent)) return false;
    known.add(snapshot.name);
    return true;
  });
}

/**
 * From one on, or from all that have no parent among them, in the order in which they come. After the last leaf on a level an empty
 * line follows, as far to the right as virsh puts it.
 */
export function treeLines(all: readonly TreeNode[], from?: TreeNode): string[] {
  const names = new Set(all.map(({ name }) => name));
  const isRoot = ({ parent }: TreeNode): boolean => parent === undefined || !names.has(parent);
  const roots = from === undefined ? all.filter(isRoot) : [from];
  return roots.flatMap(({ name }) => {
    const below = branches(all, name, '');
    return [name, ...(below.length === 0 ? [''] : below)];
  });
}

/** What is below a name, which stands behind `indent`. */
function branches(all: readonly TreeNode[], name: string, indent: string): string[] {
  const children = childrenIn(all, name);
  if (children.length === 0) return [];
  const own = `${indent}  `;
  const lines = children.flatMap((child, index) => {
    const isLast = index === children.length - 1;
    const below = branches(all, child.name, `${own}${isLast ? '  ' : '| '}`);
    const end = isLast && below.length === 0 ? [`${own}  `] : [];
    return [`${own}+- ${child.name}`, ...below, ...end];
  });
  return [`${own}|`, ...lines];
}
