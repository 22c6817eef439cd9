/** Which snapshot descends from which, and the tree that virsh draws of it. Pure. */

/** The fields of a snapshot from which a tree is made. */
export interface TreeNode {
  readonly name: string;
  readonly parent?: string;
}

/** The children of a snapshot, in order of creation. */
export function childrenIn<T extends TreeNode>(all: readonly T[], name: string): T[] {
  return all.filter(({ parent }) => parent === name);
}

/** All descendants of a snapshot, each after its parent. */
export function descendantsIn<T extends TreeNode>(all: readonly T[], name: string): T[] {
  const known = new Set([name]);
  // `all` is in order of creation, in which each snapshot comes after its parent.
  return all.filter((snapshot) => {
    if (snapshot.parent === undefined || !known.has(snapshot.parent)) return false;
    known.add(snapshot.name);
    return true;
  });
}

/**
 * The tree below `from`, or all trees, whose roots have no parent in `all`, in the given order. As in virsh, the last leaf of a level
 * is followed by a line with only indentation.
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

/** The lines below a snapshot whose own name is indented by `indent`. */
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
