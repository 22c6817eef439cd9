/** Documents of the corpus with changes that a seed repeats. */
import { Random } from '../../fuzz/xml/random';
import type { CorpusDocument } from '../corpus/document';
import { drawChange, type Change } from './changes';
import { Material } from './material';
import { elementsOf, textOfTree, treeOf } from './tree';

/** A document of the corpus, and what is changed in it. */
export interface DrawnDocument {
  readonly base: CorpusDocument;
  readonly changes: readonly Change[];
}

/** Four of five are domains. */
export function drawnDocuments(count: number, seed: number): DrawnDocument[] {
  const random = new Random(2 * seed + 1);
  const kinds = { domain: new Material('domain'), network: new Material('network') };
  return Array.from({ length: count }, () => {
    const material = kinds[random.below(5) === 0 ? 'network' : 'domain'];
    const base = random.pick(material.documents);
    const tree = treeOf(base.xml);
    const changes = Array.from({ length: 1 + random.below(3) }, () =>
      drawChange(tree, material, random),
    );
    return { base, changes };
  });
}

/** The text with some of the changes. */
export function withChanges(
  { base }: DrawnDocument,
  changes: readonly Change[],
  name: string,
): CorpusDocument {
  const tree = treeOf(base.xml);
  const elements = elementsOf(tree);
  for (const { at, make } of changes) {
    const element = elements[at];
    if (element !== undefined) make(tree, element);
  }
  return { name, kind: base.kind, xml: `${textOfTree(tree)}\n` };
}

/** Each choice of some of them, the fewest first, and all last. */
export function choices<T>(items: readonly T[]): T[][] {
  const all = items.reduce<T[][]>(
    (chosen, item) => [...chosen, ...chosen.map((some) => [...some, item])],
    [[]],
  );
  return all.filter(({ length }) => length > 0).sort((a, b) => a.length - b.length);
}
