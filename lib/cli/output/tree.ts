/** What descends from what, and the tree that virsh draws of it: of snapshots, and of devices. Pure. */

/** The fields of a thing from which a tree is made. */
export interface TreeNode {
  readonly name: string;
  readonly parent?: string;
}

/** The children of one, in the order of all. */
export function childrenIn<T extends TreeNode>(all: readonly T[], name: string): T[] {
  return all.filter(({ parent }) => parent === name);
}

/** All descendants of one, each after its parent. */
export function descendantsIn<T extends TreeNode>(all: readonly T[], name: string): T[] {
  const known = new Set([name]);
  // `all` is in an order in which each comes after its parent.
  return all.filter((one) => {
    if (one.parent === undefined || !known.has(one.parent)) return false;
    known.add(one.name);
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

/** The lines below one whose own name is indented by `indent`. */
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
