/** Changes of a document, each drawn for an element of it, so that any of them can be left out. */
import type { Random } from '../../fuzz/xml/random';
import type { Material } from './material';
import { copied, elementsOf, isElement, parentOf } from './tree';
import type { TreeElement, TreeNode } from './tree';

/** A change that was drawn. */
export interface Change {
  /** For the reader. */
  readonly what: string;
  /** The element that it is about, by its number among those of the unchanged document. */
  readonly at: number;
  /** Nothing, if another change has removed the element. */
  readonly make: (tree: TreeElement, element: TreeElement) => void;
}

type Drawn = Omit<Change, 'at'>;

interface Scene {
  readonly tree: TreeElement;
  readonly element: TreeElement;
  readonly material: Material;
  readonly random: Random;
}

const oddValues = ['', '0', '-1', '18446744073709551616', ' 5 ', 'zz', '0x10', '+1', 'YES', '1'];
const oddTexts = [...oddValues, '  ', '\n', 'a b', '1.5', 'ä', '/', '2 '];

/** Written around or instead of text. */
const oddPieces = [
  ...['<!-- a comment -->', '<![CDATA[x]]>', '<![CDATA[ <y> ]]>', '<![CDATA[]]>', '&#49;', '&amp;'],
  ...['&lt;', '&#x41;', '&#10;', '<?an instruction?>', '&quot;', '&#9;'],
];

/** The same place among the children of an element, if its parent is still there. */
function among(
  tree: TreeElement,
  element: TreeElement,
  change: (siblings: TreeNode[], at: number) => void,
): void {
  const siblings = parentOf(tree, element)?.children;
  if (siblings !== undefined) change(siblings, siblings.indexOf(element));
}

const kinds: readonly ((scene: Scene) => Drawn | undefined)[] = [
  function inserted({ element, material, random }) {
    const child = material.childOf(element, random);
    if (child === undefined) return undefined;
    const at = random.below(element.children.length + 1);
    return {
      what: `<${element.name}> gets ${shown(child)}`,
      make: (_tree, { children }) => children.splice(at, 0, copied(child)),
    };
  },
  function replaced({ element, material, random, tree }) {
    const parent = parentOf(tree, element);
    const other = parent && material.childOf(parent, random);
    if (other === undefined) return undefined;
    return {
      what: `<${element.name}> is replaced by ${shown(other)}`,
      make: (whole, here) => {
        among(whole, here, (siblings, at) => siblings.splice(at, 1, copied(other)));
      },
    };
  },
  function duplicated({ element }) {
    return {
      what: `<${element.name}> is there twice`,
      make: (whole, here) => {
        among(whole, here, (siblings, at) => siblings.splice(at, 0, copied(here)));
      },
    };
  },
  function removed({ element }) {
    return {
      what: `<${element.name}> is removed`,
      make: (whole, here) => {
        among(whole, here, (siblings, at) => siblings.splice(at, 1));
      },
    };
  },
  function moved({ element, random }) {
    const to = random.below(20);
    return {
      what: `<${element.name}> is moved among its siblings`,
      make: (whole, here) => {
        among(whole, here, (siblings, at) => {
          siblings.splice(at, 1);
          siblings.splice(to % (siblings.length + 1), 0, here);
        });
      },
    };
  },
  function emptied({ element, random }) {
    const isBare = random.below(2) === 0;
    return {
      what: `<${element.name}> is emptied${isBare ? ', and has no attributes' : ''}`,
      make: (_tree, here) => {
        here.children = [];
        if (isBare) here.attributes = [];
      },
    };
  },
  function withoutAttribute({ element, random }) {
    if (element.attributes.length === 0) return undefined;
    const { name } = random.pick(element.attributes);
    return {
      what: `<${element.name}> has no ${name}`,
      make: (_tree, here) => {
        here.attributes = here.attributes.filter((one) => one.name !== name);
      },
    };
  },
  function withOtherValue({ element, material, random }) {
    if (element.attributes.length === 0) return undefined;
    const { name } = random.pick(element.attributes);
    const value = material.valueOf(element, name, random);
    return value === undefined ? undefined : withValue(element, name, value);
  },
  function withOddValue({ element, random }) {
    if (element.attributes.length === 0) return undefined;
    return withValue(element, random.pick(element.attributes).name, random.pick(oddValues));
  },
  function withOtherAttribute({ element, material, random }) {
    const attribute = material.attributeOf(element, random);
    return attribute && withValue(element, attribute.name, attribute.value);
  },
  function withUnknown({ element, random }) {
    if (random.below(2) === 0) return withValue(element, 'unheard', 'of');
    const children = random.below(2) === 0 ? [] : ['words'];
    const unknown = { name: 'unheard', attributes: [], children };
    return {
      what: `<${element.name}> gets <unheard>`,
      make: (_tree, here) => here.children.push(unknown),
    };
  },
  function withOtherText({ element, material, random }) {
    const text = material.textOf(element, random);
    if (text === undefined) return undefined;
    return withText(element, random.below(3) === 0 ? text : random.pick(oddTexts));
  },
  function withOddPiece({ element, random }) {
    const written = random.pick(oddPieces);
    const at = random.below(element.children.length + 1);
    return {
      what: `<${element.name}> gets ${written}`,
      make: (_tree, here) => here.children.splice(at, 0, { written }),
    };
  },
];

function withValue({ name: element }: TreeElement, name: string, value: string): Drawn {
  return {
    what: `<${element}> has ${name}='${value}'`,
    make: (_tree, here) => {
      const found = here.attributes.find((one) => one.name === name);
      if (found === undefined) here.attributes.push({ name, value });
      else found.value = value;
    },
  };
}

function withText({ name }: TreeElement, text: string): Drawn {
  return {
    what: `<${name}> has the text ${JSON.stringify(text)}`,
    make: (_tree, here) => {
      here.children = [...here.children.filter(isElement), text];
    },
  };
}

function shown({ name, attributes }: TreeElement): string {
  return `<${[name, ...attributes.map((one) => `${one.name}='${one.value}'`)].join(' ')}>`;
}

/** A change of the tree: two of three of what the document is about, and the others of any element. */
export function drawChange(tree: TreeElement, material: Material, random: Random): Change {
  const elements = elementsOf(tree);
  const own = elements.filter((element) => !material.isUsual(element));
  for (;;) {
    const element = random.pick(random.below(3) === 0 || own.length === 0 ? elements : own);
    const drawn = random.pick(kinds)({ tree, element, material, random });
    if (drawn !== undefined) return { ...drawn, at: elements.indexOf(element) };
  }
}
