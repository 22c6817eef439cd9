/** What the corpus has of each kind of document: the changes of documents are made of it. */
import type { Random } from '../../fuzz/xml/random';
import { corpus } from '../corpus/corpus';
import type { CorpusDocument } from '../corpus/document';
import { copied, elementsOf, isElement, treeOf } from './tree';
import type { TreeElement } from './tree';

const smallestNames = { domain: 'smallest-container', network: 'network-name-only' } as const;

/** Lists of what was seen, by where. */
class Seen<T> {
  readonly #lists = new Map<string, Map<string, T>>();

  add(place: string, written: string, item: T): void {
    const list = this.#lists.get(place) ?? new Map<string, T>();
    this.#lists.set(place, list.set(written, item));
  }

  /** Each of a place is as likely as any other, however often it was seen. */
  pick(place: string, random: Random): T | undefined {
    const list = [...(this.#lists.get(place)?.values() ?? [])];
    return list.length === 0 ? undefined : random.pick(list);
  }
}

export class Material {
  /** The documents that can be changed: those that are XML with namespaces. */
  readonly documents: readonly CorpusDocument[];
  readonly #children = new Seen<TreeElement>();
  readonly #values = new Seen<string>();
  readonly #attributes = new Seen<{ readonly name: string; readonly value: string }>();
  readonly #texts = new Seen<string>();

  /** What each document has. */
  readonly #usual: ReadonlySet<string>;

  constructor(kind: CorpusDocument['kind']) {
    this.documents = corpus.filter((one) => one.kind === kind && this.#learn(one.xml));
    const smallest = corpus.filter(({ name }) => name === smallestNames[kind]);
    const trees = smallest.map(({ xml }) => treeOf(xml));
    this.#usual = new Set(trees.flatMap(elementsOf).map((one) => JSON.stringify(one)));
  }

  /** Whether the smallest document has it, too. */
  isUsual(element: TreeElement): boolean {
    return this.#usual.has(JSON.stringify(element));
  }

  /** An element that was seen in one with this name. */
  childOf({ name }: TreeElement, random: Random): TreeElement | undefined {
    const child = this.#children.pick(name, random);
    return child === undefined ? undefined : copied(child);
  }

  /** What the attribute of an element with this name, or else of any, was seen with. */
  valueOf({ name }: TreeElement, attribute: string, random: Random): string | undefined {
    const own = this.#values.pick(`${name}/@${attribute}`, random);
    return random.below(3) === 0 ? this.#values.pick(`@${attribute}`, random) : own;
  }

  attributeOf({ name }: TreeElement, random: Random): { name: string; value: string } | undefined {
    const attribute = this.#attributes.pick(name, random);
    return attribute === undefined ? undefined : { ...attribute };
  }

  textOf({ name }: TreeElement, random: Random): string | undefined {
    return this.#texts.pick(name, random);
  }

  /** Whether it can be read. */
  #learn(xml: string): boolean {
    let tree: TreeElement;
    try {
      tree = treeOf(xml);
    } catch {
      return false;
    }
    for (const element of elementsOf(tree)) this.#learnElement(element);
    return true;
  }

  #learnElement({ name, attributes, children }: TreeElement): void {
    for (const attribute of attributes) {
      const { value } = attribute;
      this.#attributes.add(name, `${attribute.name}=${value}`, attribute);
      this.#values.add(`${name}/@${attribute.name}`, value, value);
      this.#values.add(`@${attribute.name}`, value, value);
    }
    for (const child of children) {
      if (isElement(child)) this.#children.add(name, JSON.stringify(child), child);
      else if (typeof child === 'string' && child.trim() !== '')
        this.#texts.add(name, child, child);
    }
  }
}
