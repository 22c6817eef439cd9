/** What the texts have taught: which children and attributes stand in which element, and which values in which attribute. */
import type { Random } from './random';
import { attributesOf, elementAt, slice, tagsOf } from './tags';

/** Of each kind; more would make those rare that come first, with the documents of the project. */
const most = 48;
const longestChild = 600;

class Lists {
  readonly #lists = new Map<string, string[]>();

  add(key: string, item: string): void {
    const list = this.#lists.get(key) ?? [];
    this.#lists.set(key, list);
    if (list.length < most && !list.includes(item)) list.push(item);
  }

  pick(key: string, random: Random): string | undefined {
    const list = this.#lists.get(key);
    return list === undefined ? undefined : random.pick(list);
  }
}

export class Parts {
  readonly #children = new Lists();
  readonly #attributes = new Lists();
  readonly #values = new Lists();

  learn(text: string): void {
    const tags = tagsOf(text);
    tags.forEach((tag, index) => {
      const element = elementAt(tags, index);
      if (element === undefined) return;
      const whole = slice(text, element);
      if (whole.length <= longestChild) this.#children.add(tag.parent, whole);
      for (const attribute of attributesOf(slice(text, tag))) {
        const [start, end] = [tag.start + attribute.start, tag.start + attribute.end];
        const written = text.slice(start, end);
        this.#attributes.add(tag.name, written);
        this.#values.add(attribute.name, slice(slice(text, tag), attribute.value));
      }
    });
  }

  /** An element that was seen in this one. */
  childOf(name: string, random: Random): string | undefined {
    return this.#children.pick(name, random);
  }

  /** `name='value'`, as it was seen in this element. */
  attributeOf(name: string, random: Random): string | undefined {
    return this.#attributes.pick(name, random);
  }

  /** A value of an attribute with this name. */
  valueOf(name: string, random: Random): string | undefined {
    return this.#values.pick(name, random);
  }
}
